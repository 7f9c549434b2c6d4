"""The rules of calling as data: whom they protect, which ones a campaign breaks, and fixes."""
