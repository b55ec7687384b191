"""Signing in, one's account, people and their tokens."""
