"""Pages about the book itself, made by the press: ledger, codebook, lists, twin, accessibility, what is hidden."""
