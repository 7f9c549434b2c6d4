"""What the API accepts: the fields, how answers are read and checked, and the JSON that is sent."""
