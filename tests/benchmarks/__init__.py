"""How fast the app is, beside what else one would pick, and held to its goals."""
