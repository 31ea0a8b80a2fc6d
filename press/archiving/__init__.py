"""One deposit file for a research archive: source, wheels, raw files of the twin, books, ledgers, and what they are."""
