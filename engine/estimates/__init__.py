"""Numbers with their errors, from persons."""
