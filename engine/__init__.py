"""What stands behind `helpers`: data, disclosure, estimates, register, words and exhibits. Knows no chapter."""
