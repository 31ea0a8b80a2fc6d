"""Pictures and tables of estimates, with their words."""
