"""Uptake: the open platform with which countries follow up on human-rights recommendations."""

__version__ = "0.1.0"
