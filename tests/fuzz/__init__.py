"""Requests that nobody should send: whatever comes, the app answers, and never with a fault."""
