"""Sending, broken on purpose: real processes and sockets on this machine, and a judge."""
