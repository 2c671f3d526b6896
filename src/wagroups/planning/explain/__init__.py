"""What files, reads and memory say together, for people who ask."""
