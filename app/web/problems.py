"""What went wrong, as programs are told it: problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence

from flask import Response, json

_SAID = {
    400: ("This request could not be read", "Send it again: it did not come whole."),
    404: ("There is nothing here", "The address may be mistyped, or what was here is gone."),
    405: ("This address does not know this method", "The header Allow says which it knows."),
    413: ("That is too much at once", "Send less: a campaign is a few hundred bytes."),
    415: ("This is of a kind that is not read here", "Send JSON, as application/json."),
    500: ("Something went wrong here", "This was not done, or not all of it."),
    503: ("The database cannot be used just now", "Nothing was done. Try again in a moment."),
}
"""What is said in place of sentences for who looks at a page."""


def describe_status(status: int, otherwise: tuple[str, str]) -> tuple[str, str]:
    """Give a title and what to do, in words for programs where a page has others."""
    return _SAID.get(status, otherwise)


def make_problem(
    status: int, sentence: tuple[str, str], errors: Sequence[Mapping[str, str]] = ()
) -> Response:
    """Make an answer that says what went wrong by a title and what to do, and where."""
    title, detail = sentence
    document: dict[str, object] = {"title": title, "status": status, "detail": detail}
    if errors:
        document["errors"] = list(errors)
    return Response(json.dumps(document), status, content_type="application/problem+json")
