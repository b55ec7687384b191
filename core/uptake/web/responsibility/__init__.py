"""Institutions, and who answers for what."""
