"""What is said where somebody has changed a draft that a page still shows as it was."""

DRAFT_CHANGED = "The draft has changed meanwhile. Please look again."
