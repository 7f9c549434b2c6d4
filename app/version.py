"""The version of this program, stated once: packaging, pages and ``User-Agent`` read it here."""

VERSION = "0.1.0"
