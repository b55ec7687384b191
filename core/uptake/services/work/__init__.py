"""My work: lists of what waits for a person, the spreadsheet that goes out and comes back, and the overview above them."""
