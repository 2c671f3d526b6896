"""YAML → Desired.  Imports the domain, yaml and pydantic; knows no gateway."""
