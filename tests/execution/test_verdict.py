"""What became of an action: a read is believed before an answer, and what was not looked at is not known."""
