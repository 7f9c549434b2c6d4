"""What a campaign means, drawn: beside the form and on the review page."""
