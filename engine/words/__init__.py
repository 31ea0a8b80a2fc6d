"""Phrases and numbers in bokmål, written from estimates."""
