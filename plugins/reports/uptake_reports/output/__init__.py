"""Reports as files: DOCX, PDF, HTML and plain text, all written from one ``Document``."""
