"""Asking the register and taking the answer out: cards, searches that are kept, and files of any list."""
