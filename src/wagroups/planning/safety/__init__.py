"""What must not be done: guards, limits, approval, and which account looks after a group."""
