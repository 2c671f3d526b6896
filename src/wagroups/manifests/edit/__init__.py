"""Changes of files in which everything else keeps its bytes."""
