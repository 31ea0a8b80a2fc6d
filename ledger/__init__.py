"""The published numbers and findings, held against what the book computes."""
