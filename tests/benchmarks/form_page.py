"""The form page against a page of the same markup, written by hand from dictionaries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, render_template
from flask_wtf import CSRFProtect
from markupsafe import Markup

from app.campaign.contract.reading import read_answers
from app.campaign.contract.validation import find_problems
from app.campaign.contract.wording import WORDS
from app.forms.campaign import CampaignForm
from app.forms.question import QUESTIONS
from app.services import services_of
from app.store import drafts
from app.store.acceptances import judge
from app.web.panel import macros
from app.web.panel.panel import build_panel
from tests.benchmarks.measure import Figure, answer, environ, medians, ratio
from tests.factories import outbound, typed

_PARTS = (
    ("s-campaign", "Campaign", False, [("", ["type", "name"])]),
    (
        "s-voice",
        "Voice and number",
        False,
        [
            ("", ["vapi_calling_entity", "assistant_id", "tenant_voice_provider_id"]),
            ("", ["dialer_type", "phone_number_id", "phone_number_pool_id"]),
        ],
    ),
    ("s-leads", "Who is called", True, [("", ["audience", "purpose"])]),
    (
        "s-when",
        "When to call",
        True,
        [
            ("pair", ["start_date", "end_date"]),
            ("", ["timezone", "days_of_week"]),
            ("pair", ["daily_start_time", "daily_end_time"]),
            ("", ["own_dates"]),
        ],
    ),
    (
        "s-often",
        "How often to try",
        True,
        [
            ("triple", ["max_call_attempts", "max_daily_attempts", "min_gap_between_attempts"]),
            ("", ["consider_voicemail_as_answered"]),
        ],
    ),
    ("s-events", "Events", False, [("", ["webhook_url"])]),
)

FRESH, SAMPLE = "f4e54f4e54f4e540", "5a3b1e5a3b1e5a30"


def figures(app: Flask) -> Iterator[Figure]:
    """Measure a new campaign's page and the page of the vendor's sample."""
    sample = typed(outbound())
    with services_of(app).store.writing() as session:
        drafts.save(session, SAMPLE, judge(sample), over=0)
    pages = {
        "Form page, new campaign": (f"/drafts/new/{FRESH}", FRESH, 0, {}),
        "Form page, the vendor's sample": (f"/drafts/{SAMPLE}", SAMPLE, 1, sample),
    }
    for name, (path, draft_id, version, answers) in pages.items():
        by_hand = _by_hand(app, draft_id, version, answers)
        ours, floor = _returning(app, path), _returning(by_hand, "/")
        _hold_to_the_same_markup(answer(app, ours), answer(by_hand, floor))
        took, least = medians(lambda: answer(app, ours), lambda: answer(by_hand, floor))  # noqa: B023
        yield ratio(name, took, least, "hand-written Jinja", 1.3)


def _returning(application: Flask, path: str) -> dict[str, Any]:
    """Make the request of a browser that has been here, and so sends its session's cookie."""
    client = application.test_client()
    client.get(path)
    name = application.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    if cookie is None:
        raise RuntimeError("The page gave no session, so its CSRF token is not real.")
    return environ(path, headers={"Cookie": f"{name}={cookie.value}"})


def _by_hand(app: Flask, draft_id: str, version: int, answers: dict[str, Any]) -> Flask:
    floor = Flask(__name__, template_folder=str(Path(__file__).parent))
    floor.config.update(SECRET_KEY=app.secret_key)
    floor.jinja_env.filters.update(app.jinja_env.filters)
    CSRFProtect(floor)
    known = _known(app, answers) | {"id": draft_id, "version": version}

    @floor.get("/")
    def page() -> str:
        return render_template("floor.html", **known)

    return floor


def _known(app: Flask, answers: dict[str, Any]) -> dict[str, Any]:
    """Work out beforehand everything that the page shows."""
    with app.test_request_context(base_url="http://127.0.0.1:8000"):
        with _listening() as given:
            shown = build_panel(answers, {}, services_of(app).connections.default)
        form = CampaignForm.of(answers)
        form_values = form.values
    meant = shown.meaning
    is_used = {name: form[name].is_used(form_values) for name in QUESTIONS}
    return {
        "heading": answers.get("name") or "New campaign",
        "static": app.static_url_path,
        "scripts": _scripts(app.test_client().get(f"/drafts/new/{FRESH}").text),
        "nav": [
            ("/", "Drafts"),
            ("/connections", "Connections"),
            ("/requests", "Requests"),
            ("/sandbox-campaigns", "Sandbox"),
            ("/about", "About"),
        ],
        "to": services_of(app).connections.default,
        "offered": services_of(app).connections.all(),
        "to_words": WORDS["connection"],
        "parts": [
            {
                "id": part_id,
                "title": title,
                "shown_when": "type=OUTBOUND" if depends else "",
                "used": is_used["start_date"],
                "groups": [
                    (css, [vars(QUESTIONS[name]) for name in names]) for css, names in groups
                ],
            }
            for part_id, title, depends, groups in _PARTS
        ],
        "values": {name: form[name].typed for name in QUESTIONS},
        "used": is_used,
        "said": {name: shown.notes.get(name, ()) for name in QUESTIONS},
        "problems": [
            (one.field, WORDS[one.field].label) for one in find_problems(read_answers(answers))
        ],
        "plain": meant.plain,
        "advice": shown.advice,
        "rules": given.get("rules"),
        "calendar": given.get("calendar"),
        "lead": given.get("lead"),
        "accepted": (),
        "clock": "campaign",
        **shown.counts,
        "json": shown.json,
        "curl": shown.curl,
        "python": shown.python,
    }


@contextmanager
def _listening() -> Iterator[dict[str, tuple[Any, ...]]]:
    """Hear what the panel's pictures are drawn from for the first time, by their names."""
    given: dict[str, tuple[Any, ...]] = {}
    draw = macros.draw_macro

    def drawn(template: str, name: str, *parts: object) -> Markup:
        given[name] = parts
        return draw(template, name, *parts)

    macros.draw_macro = drawn
    try:
        yield given
    finally:
        macros.draw_macro = draw


def _hold_to_the_same_markup(ours: bytes, floor: bytes) -> None:
    """Make sure that both pages hold the same elements with the same attributes and words."""
    one, other = (
        [
            (tag.name, dict(tag.attrs), "".join(tag.find_all(string=True, recursive=False)).split())
            for tag in BeautifulSoup(page, "html.parser").find_all(True)
            if tag.get("name") != "csrf_token"
        ]
        for page in (ours, floor)
    )
    for left, right in zip(one, other, strict=False):
        if left != right:
            raise RuntimeError(f"The floor is not the same page: {left} is {right} there.")
    if len(one) != len(other):
        raise RuntimeError(f"The floor has {len(other)} elements in place of {len(one)}.")


def _scripts(page: str) -> list[str]:
    return re.findall(r"/js/([\w-]+)\.js", page)
