"""What is hidden, and why."""
