"""Raw files of a data root, checked against the codebook and opened as persons."""
