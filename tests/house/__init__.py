"""What holds the tree in order, beside the import contracts."""
