"""Jobs: long work outside the request, by the queue or by the clock."""
