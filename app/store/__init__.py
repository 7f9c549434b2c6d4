"""What is kept: drafts with their versions, and submissions."""
