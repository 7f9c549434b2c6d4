"""Where the vendor's page is silent: each open question once, with the reading taken here."""

from typing import NamedTuple


class Assumption(NamedTuple):
    """A question that the vendor leaves open, and what is assumed."""

    question: str
    reading: str


ASSUMPTIONS = (
    Assumption(
        "The status of a success",
        "This sandbox answers 201. Campaign Builder takes any 2xx for a success.",
    ),
    Assumption(
        "The status and body of an error",
        "4xx or 5xx with status “error” and a message; 422 adds errors: a list of sentences "
        "for each field. Campaign Builder copes with any other shape.",
    ),
    Assumption(
        "Schedule and attempts of an INBOUND campaign",
        "Accepted, and what each holds is still checked. The form leaves them out.",
    ),
    Assumption(
        "Both phone fields at once",
        "Accepted: the vendor's own sample has both. The form sends the one that fits the dialer.",
    ),
    Assumption(
        "POOL without a pool id, SINGLE without a number",
        "Accepted, though such a campaign cannot dial yet. The form warns.",
    ),
    Assumption(
        "Whose id assistant_id is for WORKFLOW and SQUAD",
        "That workflow's or that squad's.",
    ),
    Assumption(
        "An id that the account does not have",
        "Accepted, unless the sandbox is told to insist on ids that it knows: then 422, with a "
        "sentence for each such field.",
    ),
    Assumption("An end_date equal to start_date", "Refused: “after” is taken literally."),
    Assumption("A start_date in the past", "Accepted. The form warns."),
    Assumption(
        "The zone of the dates and times",
        "The wall clock of timezone. From 09:00 to 17:00 a call may start at 09:00:00 "
        "and not at 17:00:00.",
    ),
    Assumption("No end_date", "The campaign is open-ended."),
    Assumption("24:00, and 9:00 without the zero", "Refused."),
    Assumption("HH:MM beside HH:MM:SS", "Compared as times, never as text."),
    Assumption(
        "days_of_week that is empty, or has repeated or unknown names",
        "Empty is refused for OUTBOUND. Repeats count once. An unknown name is refused.",
    ),
    Assumption("max_daily_attempts above max_call_attempts", "Accepted. The form warns."),
    Assumption("What an integer is", "Only a true integer: 3.0, “3” and true are refused."),
    Assumption(
        "null, and unknown fields",
        "null of an optional field is the same as leaving it out. An unknown field is refused "
        "by name. The form sends neither.",
    ),
    Assumption(
        "Text that is blank or cannot be seen",
        "Refused where the field is required, and wherever it is not of the field's format.",
    ),
    Assumption(
        "The same request twice",
        "Makes two campaigns: there is no idempotency key. Campaign Builder never repeats a "
        "request unless a person says so.",
    ),
)
