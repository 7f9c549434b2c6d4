"""The rules of calling as data: who they protect, what a campaign breaks, and what would fix it."""
