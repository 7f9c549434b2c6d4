"""What the app takes: several people at once, a crowd, and connections that are never done."""
