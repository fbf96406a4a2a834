"""What the command prints: verdicts, settings, inspections."""
