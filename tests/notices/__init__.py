"""Who is told of what waits, when, and how calls are signed."""
