"""The API's contract: its fields, the reading and checking of answers, and the JSON to send."""
