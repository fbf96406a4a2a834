"""Pictures as rows: what is set about them, which file is of which class, how one is decoded."""
