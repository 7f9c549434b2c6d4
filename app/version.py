"""The version of this program, stated once: packaging, pages and ``User-Agent`` read it here."""

VERSION = "0.1.0"

RENEWED = "2026-11-23"
"""The day on which `make lock` has renewed all that the app is made of."""
