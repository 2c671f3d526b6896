"""What is said: rows, sentences and totals, the same in every format."""
