"""What the API reads, in bulk: a constant number of queries however long a list is, and nothing that its reader may not see."""
