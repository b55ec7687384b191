"""Bringing recommendations in: files, tables that are pasted, single ones, and what is remembered of matches."""
