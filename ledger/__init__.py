"""The ledger: published numbers and findings against ours. Only this room and the twin read `data/published`."""
