"""What differs between a declared group and the live one, and the actions that follow."""
