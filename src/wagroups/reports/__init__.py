"""Pure: values in, text out.  Imports the domain, `privacy`, and nothing else of wagroups.

Everything that is shown passes a `Redactor`, which decides how people are named, and the escaper of its medium,
which decides what strangers' texts may do.  Finished text is never searched for numbers to replace, except for
the texts that people wrote themselves.
"""
