"""Phone numbers as people write them."""
