"""Turns chapters into a book: notebooks, runs, staging, rendering, the ledger and the command line."""
