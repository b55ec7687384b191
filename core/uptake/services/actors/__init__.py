"""Institutions: their tree, their pages, their edits, and the table that brings many of them."""
