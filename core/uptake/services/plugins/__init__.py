"""What plugins bring to the database and to the administrator's pages, and what they did wrong."""
