"""What a project consists of: its files, its git repository, its secrets."""
