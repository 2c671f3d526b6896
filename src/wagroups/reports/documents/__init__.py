"""What scripts read: the models, and one module a verb with its text beside it."""
