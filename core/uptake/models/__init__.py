"""The model; importing this package registers every table."""

from uptake.models import (
    actors,
    audit,
    documents,
    imports,
    mechanisms,
    recommendations,
    search,
    states,
    vocabularies,
)

__all__ = [
    "actors",
    "audit",
    "documents",
    "imports",
    "mechanisms",
    "recommendations",
    "search",
    "states",
    "vocabularies",
]
