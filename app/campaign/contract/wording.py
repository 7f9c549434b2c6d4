"""The words for fields, choices, problems and advice: one sentence for each.

A message says what to do, in the words of the screen, and ends in a full stop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.campaign.contract.fields import (
    FIELD,
    CallingEntity,
    CampaignType,
    DialerType,
    Purpose,
    ValueKind,
    Weekday,
)
from app.campaign.contract.global_ids import GlobalIdType
from app.campaign.contract.problems import Advice, AdviceCode, Code, Problem
from app.campaign.contract.typed_length import LONGEST, LONGEST_IN_ALL


@dataclass(frozen=True)
class Words:
    """What one field is called.

    *label* stands over the field and *thing* in the middle of a sentence. *variants* are
    labels that take over while `vapi_calling_entity` has the given value.
    """

    label: str
    thing: str
    hint: str = ""
    variants: Mapping[StrEnum, str] = field(default_factory=dict)


WORDS = {
    "connection": Words("Send to", "where it is sent", "Nothing is sent before you review it."),
    "name": Words(
        "Campaign name",
        "the campaign name",
        "The campaign is listed by it, here and in VoiceAIWrapper.",
    ),
    "type": Words("Who calls whom?", "who calls whom"),
    "assistant_id": Words(
        "Assistant id",
        "the assistant id",
        "The voice provider's own id, copied from its dashboard.",
        {
            CallingEntity.ASSISTANT: "Assistant id",
            CallingEntity.WORKFLOW: "Workflow id",
            CallingEntity.SQUAD: "Squad id",
        },
    ),
    "tenant_voice_provider_id": Words(
        "Voice provider id",
        "the voice provider id",
        "The Global ID of the connected voice provider; VoiceAIWrapper also calls it the pod id.",
    ),
    "dialer_type": Words(
        "Phone numbers",
        "which phone numbers are used",
        "Calls are made from them, or come in on them.",
    ),
    "vapi_calling_entity": Words(
        "What speaks on the call?", "what speaks on the call", "Only with the Vapi provider."
    ),
    "phone_number_id": Words(
        "Phone number id",
        "the phone number id",
        "The voice provider's own id of the number. Can be set after creation.",
    ),
    "phone_number_pool_id": Words(
        "Number pool id", "the number pool id", "The Global ID of the pool."
    ),
    "start_date": Words("First day", "the first day"),
    "end_date": Words(
        "Last day", "the last day", "Calls are made on this day too. Leave empty for no end."
    ),
    "timezone": Words("Time zone", "the time zone", "Type a city or a zone, such as New York."),
    "days_of_week": Words("Call on", "the days to call on"),
    "daily_start_time": Words("From", "the start of calling"),
    "daily_end_time": Words("Until", "the end of calling", "No call starts at or after this time."),
    "max_call_attempts": Words("Attempts for each lead, at most", "the attempts for each lead"),
    "max_daily_attempts": Words(
        "Attempts for each lead in one day, at most", "the attempts in one day"
    ),
    "min_gap_between_attempts": Words(
        "Minutes between attempts, at least", "the minutes between attempts"
    ),
    "consider_voicemail_as_answered": Words(
        "When voicemail picks up", "what a voicemail counts as"
    ),
    "webhook_url": Words(
        "Webhook address", "the webhook address", "Receives the campaign's events."
    ),
    "audience": Words(
        "Where are the leads?",
        "where the leads are",
        "Countries, US states or time zones, such as 48 states, Canada. Never sent to the API.",
    ),
    "purpose": Words("What are the calls for?", "what the calls are for"),
    "own_dates": Words(
        "Days of your own to be warned of",
        "the days of your own",
        "Calls are made on them all the same. They are marked on the calendar beside public "
        "holidays, such as 2027-03-05 Company day.",
    ),
}

CHOICES: dict[str, dict[str, str]] = {
    "type": {
        CampaignType.OUTBOUND: "We call leads (OUTBOUND)",
        CampaignType.INBOUND: "Callers ring us (INBOUND)",
    },
    "dialer_type": {
        DialerType.SINGLE: "One number",
        DialerType.POOL: "A pool of numbers",
    },
    "vapi_calling_entity": {
        CallingEntity.ASSISTANT: "An assistant",
        CallingEntity.WORKFLOW: "A workflow",
        CallingEntity.SQUAD: "A squad",
    },
    "days_of_week": {day: day.capitalize() for day in Weekday},
    "consider_voicemail_as_answered": {
        "true": "It counts as answered, and the retries end",
        "false": "It does not count, and the retries go on",
    },
    "purpose": {
        Purpose.MARKETING: "Sales or marketing",
        Purpose.DEBT: "Collecting a debt",
        Purpose.RESEARCH: "Research or a survey",
        Purpose.OTHER: "Something else",
    },
}
"""Words for each choice, by field and by the text that a form posts, in the order of the screen."""

NOT_CHOSEN = {
    "vapi_calling_entity": "Left out of what is sent",
    "consider_voicemail_as_answered": "Left out: VoiceAIWrapper decides",
    "purpose": "Left open: the rules for all of these count",
}
"""Words for leaving an optional choice open."""

FINAL = "Cannot be changed later."


def describe_problem(problem: Problem) -> str:
    """Describe what to do about one problem, in one sentence."""
    if problem.code is Code.UNKNOWN_FIELD:
        return f"Remove “{problem.field}”: a campaign has no such field."
    if problem.code in _TOO_LONG:
        thing, longest = WORDS[problem.field].thing, LONGEST.get(problem.field, 0)
        return _TOO_LONG[problem.code].format(thing=thing, longest=longest, in_all=LONGEST_IN_ALL)
    if problem.field not in FIELD:
        return _ABOUT_LEADS[problem.code].format(detail=problem.detail)
    return _SENTENCES[problem.code].format(**_fill_slots(problem.field))


def describe_problem_in_json(problem: Problem) -> str:
    """Describe what to write instead, to who writes JSON and has no form to choose from."""
    sentence = _IN_JSON.get(problem.code)
    if sentence is None or problem.field not in FIELD:
        return describe_problem(problem)
    return sentence.format(**_fill_slots(problem.field))


def describe_first_problem(problems: Sequence[Problem]) -> str:
    """Describe what to do about the first of these problems, and how many more answers have one."""
    others = len({problem.field for problem in problems} - {problems[0].field})
    rest = {0: "", 1: " One more answer has to be given or changed."}
    many = f" {others} more answers have to be given or changed."
    return f"{describe_problem(problems[0])}{rest.get(others, many)}"


def describe_all_problems(problems: Sequence[Problem]) -> str:
    """Describe, field by field, what to write instead of these, to who writes JSON.

    Of very many, that is said of the first.
    """
    first = {problem.field: problem for problem in reversed(problems)}
    names = list(dict.fromkeys(problem.field for problem in problems))
    sentences = [
        f"“{name}”: {describe_problem_in_json(first[name])}"
        if name in FIELD
        else describe_problem(first[name])
        for name in names[:_MOST_DESCRIBED]
    ]
    more = len(names) - len(sentences)
    return " ".join([*sentences, f"{more} more have to be changed."] if more else sentences)


_MOST_DESCRIBED = 20

_SENTENCES = {
    Code.MISSING: "{Ask} {thing}{least}.",
    Code.NOT_TEXT: "Enter {thing} as plain text.",
    Code.NOT_A_CHOICE: "Choose {thing}: {choices}.",
    Code.NOT_DAYS: "Choose {thing} from Monday to Sunday.",
    Code.NOT_A_DATE: "Enter {thing} as a date, such as 2027-01-31.",
    Code.NOT_A_TIME: "Enter {thing} as a time from 00:00 to 23:59, such as 09:00.",
    Code.NOT_A_WHOLE_NUMBER: "Enter {thing} as a whole number{least}.",
    Code.TOO_MANY_DIGITS: "Enter {thing} as a smaller number.",
    Code.NOT_YES_OR_NO: "Choose {thing}.",
    Code.NOT_A_ZONE: "Choose {thing} from the list, such as America/New_York.",
    Code.NOT_A_URL: "Enter {thing} in full, such as https://example.com/events.",
    Code.TOO_SMALL: "{Ask} {thing}{least}.",
    Code.NOT_AFTER: "{Thing} must be later than {earlier}.",
}

_IN_JSON = {
    Code.NOT_A_CHOICE: "Write one of {values}.",
    Code.NOT_DAYS: 'Write {thing} as a list of days, such as ["MONDAY", "FRIDAY"].',
    Code.NOT_A_WHOLE_NUMBER: "Write {thing} as a whole number without quotes{least}.",
    Code.NOT_YES_OR_NO: "Write true or false, without quotes.",
    Code.NOT_A_ZONE: "Write {thing} by its IANA name, such as America/New_York.",
}

_TOO_LONG = {
    Code.TOO_LONG: "Shorten {thing}: Campaign Builder takes {longest:,} characters of it.",
    Code.TOO_MUCH: (
        "Shorten {thing}: Campaign Builder takes {in_all:,} characters in all the answers together."
    ),
}

_ABOUT_LEADS = {
    Code.UNKNOWN_PLACE: (
        "Change “{detail}”: it is no country, part of one or time zone that is known here."
    ),
    Code.AMBIGUOUS_PLACE: "Say which place is meant, by its code: {detail}.",
    Code.UNKNOWN_DATE: (
        "Write “{detail}” as a date from 1900 to 2199 and a name, such as 2027-03-05 Company day."
    ),
    Code.SEVERAL_DATES: (
        "Write each day of “{detail}” by itself, with commas between them, such as "
        "2027-03-05 Fair, 2027-03-06 Fair."
    ),
}

_CHOSEN = {ValueKind.CHOICE, ValueKind.DAYS, ValueKind.FLAG, ValueKind.ZONE}


def _fill_slots(name: str) -> dict[str, str]:
    line, thing = FIELD[name], WORDS[name].thing
    return {
        "Ask": "Choose" if line.kind in _CHOSEN else "Enter",
        "thing": thing,
        "Thing": thing[0].upper() + thing[1:],
        "least": f", {line.minimum} or more" if line.minimum is not None else "",
        "earlier": WORDS[line.after].thing if line.after else "",
        "choices": " or ".join(CHOICES.get(name, {}).values()),
        "values": ", ".join(line.choices or ()),
    }


def describe_kept(names: Sequence[str]) -> str:
    """Describe, in one sentence, that the values of these fields are kept but not sent."""
    things = join_words([WORDS[name].thing for name in names])
    are = "is" if len(names) == 1 else "are"
    return f"{things[0].upper()}{things[1:]} {are} kept here, but not sent."


def join_words(words: Sequence[str]) -> str:
    """Join words to a list in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def describe_advice(advice: Advice) -> str:
    """Describe what is worth a second look, and why, in a sentence or two."""
    return _ADVICE[advice.code].format(
        owner=_GLOBAL_IDS.get(advice.detail, f"something else, “{advice.detail}”"),
        detail=advice.detail,
        better=advice.better,
    )


_ADVICE = {
    AdviceCode.NO_NUMBER: "Without a phone number id this campaign cannot call or be rung yet.",
    AdviceCode.NO_POOL: "Without a number pool id this campaign cannot call or be rung yet.",
    AdviceCode.NO_SUMMER_TIME: (
        "There is no summer time here: {detail} all year. You probably mean {better}."
    ),
    AdviceCode.NO_PLACE: (
        "There is no summer time here: {detail} all year. Choose the zone of a place."
    ),
    AdviceCode.STARTS_IN_THE_PAST: "The first day is in the past{detail}. Is the year right?",
    AdviceCode.ENDED: "The last hours of calling are over: no call would be made.",
    AdviceCode.OUT_OF_SIGHT: (
        "The calendar and the rules look at the years 1900 to 2199 only. Is the year right?"
    ),
    AdviceCode.ENDS_AT_ONCE: "The campaign is over on the day after its first. Is that meant?",
    AdviceCode.NO_CALLING_DAY: (
        "No call would ever be made: these days and hours never come between the first day "
        "and the last."
    ),
    AdviceCode.WEEKEND_DAYS: "Calls on the weekend, {detail}: few businesses answer then.",
    AdviceCode.STARTS_ON_A_HOLIDAY: "The first day is a day off: {detail}.",
    AdviceCode.CALLS_ON_HOLIDAYS: (
        "Calls are made on days off, too: {detail}. The API has no field for holidays: "
        "split the campaign around them, or pause it by hand."
    ),
    AdviceCode.DAILY_ABOVE_TOTAL: "More attempts in one day than in all: the total comes first.",
    AdviceCode.GAP_ABOVE_WINDOW: (
        "The hours of a day are no longer than this gap, so it holds one attempt; "
        "{detail} minutes or less would do for all."
    ),
    AdviceCode.GAP_TOO_LONG: (
        "With this gap a day cannot hold all its attempts; {detail} minutes or less would do."
    ),
    AdviceCode.GAP_BY_RULE: (
        "With this gap a day cannot hold all its attempts, and one that is short enough would "
        "break a rule of calling. Ask for fewer attempts in one day."
    ),
    AdviceCode.DAY_TOO_SHORT: "The hours are too short for so many attempts in one day.",
    AdviceCode.NEVER_HAPPENS: (
        "Only {detail} of these attempts can happen before the last day is over."
    ),
    AdviceCode.SAME_CLOCK_TIME: (
        "The attempts all come at {detail} if each is made as early as it may be: "
        "whoever is busy then is never reached."
    ),
    AdviceCode.OTHER_GLOBAL_ID: "This looks like the id of {owner}. Is it in the right field?",
    AdviceCode.NO_GLOBAL_ID: (
        "This does not look like a Global ID of VoiceAIWrapper. Was all of it copied?"
    ),
    AdviceCode.NOT_HTTPS: "Events carry personal data: use an address with https://.",
    AdviceCode.UNREACHABLE_HOST: (
        "VoiceAIWrapper cannot reach {detail}: it is private or reserved. Use a public address."
    ),
}

_GLOBAL_IDS: Mapping[str, str] = {
    GlobalIdType.PROVIDER: "a voice provider",
    GlobalIdType.POOL: "a number pool",
    GlobalIdType.CAMPAIGN: "a campaign",
}
