"""What a report is about and what it is made of, for the plugins that write reports."""
