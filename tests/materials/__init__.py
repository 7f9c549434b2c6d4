"""What the project is made of: a bill of materials and a list of licences, from the locks."""
