"""Time zones: their names, their offsets, and the words that people use for them."""
