"""Telling people what waits for them: by e-mail, and by signed webhooks."""
