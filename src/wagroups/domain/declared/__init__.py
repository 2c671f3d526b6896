"""What the files declare, with defaults, profiles, teams and dates resolved."""
