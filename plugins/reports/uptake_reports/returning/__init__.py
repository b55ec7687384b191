"""A report that was edited in Word comes back: read, matched with what is stored, reviewed, and taken piece by piece."""
