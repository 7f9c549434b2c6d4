"""The forms: what a person is asked, and exactly what they answered."""
