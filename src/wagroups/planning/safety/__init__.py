"""What must not be done: holds, guards, approval, and which live group is meant."""
