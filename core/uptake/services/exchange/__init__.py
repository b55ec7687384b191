"""A site as one file: packages that another site reads, and backups; see ``docs/exchange.md`` for the format."""
