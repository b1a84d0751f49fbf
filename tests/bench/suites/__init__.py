"""One module for each suite; what it has to offer stands in harness/__init__.py."""
