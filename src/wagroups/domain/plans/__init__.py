"""What will be done, what was done, and the rules and limits of both."""
