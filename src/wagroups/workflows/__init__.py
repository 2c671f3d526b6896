"""Short stories: who is called, in what order.  They choose; they do not calculate."""
