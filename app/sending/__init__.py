"""Sending a reviewed draft, at most once: confirmed, claimed, sent, and its outcome recorded."""
