"""Pure: the same arguments give the same plan, byte for byte.  Imports the domain and nothing else."""
