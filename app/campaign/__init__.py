"""What a campaign is: its contract, rules, words, JSON and what its settings will do.

Nothing here knows of Flask, of a database or of a network, so that all of it can
be read, tested and reused alone.
"""
