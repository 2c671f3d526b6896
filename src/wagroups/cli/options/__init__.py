"""What verbs take: options, and how a command line finds a project, a group or a person."""
