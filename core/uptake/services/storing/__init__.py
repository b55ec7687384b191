"""Files: taken in, told by their content, kept once, waiting until somebody decides."""
