"""What a person sees: the terminal, progress, errors, log lines, exit codes."""
