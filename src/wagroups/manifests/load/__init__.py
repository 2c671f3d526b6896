"""Bytes → trees whose every value knows its place."""
