"""Who answers for what: assignments, clusters, routing rules, dates, and what happens when nobody does."""
