"""Publishing a finished book: to a folder, to a git branch, to a story service."""
