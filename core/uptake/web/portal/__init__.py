"""Pages that everybody reads: lists, recommendations, topics, pictures, feeds, exports and embeds."""
