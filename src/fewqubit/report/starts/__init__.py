"""What contests of starts found: tables, a picture, a page for each problem."""
