"""Changing recommendations: by hand, many at once, and back; duplicates, parts and history."""
