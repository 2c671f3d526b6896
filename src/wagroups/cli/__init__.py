"""The command line: arguments in, one exit code out.  Only this package ends the process."""
