"""Translating the content, and the words of the interface in their place."""
