"""What may be shown of people, and how a text is written into each medium.  Pure; imports the domain alone.

`redactor` names people by their types.  `mask` is the second line of defence, for text that already exists.  `escape`
makes strangers' texts harmless in each medium, and `yaml_scalar` writes a text as YAML that every reader takes for it.
"""
