"""Where the API's page is silent: the question, and the reading that this sandbox takes."""

ASSUMPTIONS = (
    ("Which status a success has", "Any 2xx is a success to a client; this answers 201."),
    (
        "What an error looks like",
        "status “error”, a message, and for 422 errors: {field: [message]}.",
    ),
    (
        "Schedule and retry fields on INBOUND",
        "Accepted, and their format is checked. The form leaves them out.",
    ),
    ("Both phone fields at once", "Accepted, as the vendor's own sample has both."),
    ("SINGLE without a number, POOL without a pool", "Accepted; it cannot dial yet."),
    ("Whose id assistant_id is", "That of the workflow or squad, where the campaign calls one."),
    ("end_date equal to start_date", "Refused: “after” is taken literally."),
    ("start_date in the past", "Accepted."),
    (
        "Zone of the dates and times",
        "The wall clock in timezone; a call may start at the start time, not at the end time.",
    ),
    ("No end_date", "The campaign has no last day."),
    ("24:00, and 9:00 without the zero", "Refused."),
    ("HH:MM beside HH:MM:SS", "Compared as times, never as text."),
    ("days_of_week", "Empty is refused for OUTBOUND, unknown is refused, repeats are accepted."),
    ("max_daily_attempts above max_call_attempts", "Accepted."),
    ("Integers", "Only true integers: 3.0, “3” and true are refused."),
    (
        "null, and unknown fields",
        "null of an optional field is as if absent; an unknown is refused.",
    ),
    ("The same request twice", "Makes two campaigns: there is no idempotency key."),
)
