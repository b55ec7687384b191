"""The languages of the content: what is translated here, by whom, and what still waits for it."""
