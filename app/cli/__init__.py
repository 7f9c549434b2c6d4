"""The commands, which do without a browser."""
