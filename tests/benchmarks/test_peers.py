"""The peers of the benchmarks do the same work: the same fields, the same yes and the same no."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from lxml.html import document_fromstring

from app.campaign.contract.fields import FIELD
from app.campaign.contract.payload import build_payload, encode_payload
from app.campaign.contract.reading import read_json
from app.campaign.contract.validation import find_problems
from app.campaign.timezones.zones import ZONE_NAMES
from tests.benchmarks.measure import Wsgi, answer, returning
from tests.benchmarks.peers import (
    django_form,
    django_page,
    marshmallow_schema,
    pydantic_model,
    wtforms_form,
    wtforms_page,
)
from tests.factories import inbound, outbound, typed
from tests.pages import PARSER, fields_of

FIELDS_OF: dict[str, set[str]] = {
    "WTForms": {field.short_name for field in wtforms_form.CampaignCheck()},
    "Django": set(django_form.Campaign.base_fields),
    "Django, typed zone": set(django_form.CampaignWithTypedZone.base_fields),
    "marshmallow": set(marshmallow_schema.Campaign().fields),
    "pydantic": set(pydantic_model.Campaign.model_fields),
}
ACCEPTS = {
    "WTForms": wtforms_form.accepts,
    "Django": django_form.accepts,
    "marshmallow": marshmallow_schema.accepts,
    "pydantic": pydantic_model.accepts,
}
SITES: dict[str, Callable[[Any], Wsgi]] = {
    "WTForms": wtforms_page.make_site,
    "Django": django_page.make_site,
}
SAMPLE, CALLERS = (
    json.loads(encode_payload(build_payload(values))) for values in (outbound(), inbound())
)
POOL = {
    "dialer_type": "POOL",
    "phone_number_pool_id": "Vm9pY2VQaG9uZU51bWJlclBvb2w6MQ==",
    "webhook_url": "https://example.com/events",
}
VALID = {
    "the sample": SAMPLE,
    "INBOUND": CALLERS,
    "a pool, with events": SAMPLE | POOL,
    "no last day": {name: value for name, value in SAMPLE.items() if name != "end_date"},
    "voicemail left open": SAMPLE | {"consider_voicemail_as_answered": None},
}
REFUSED: dict[str, dict[str, Any]] = {
    "no name": {"name": None},
    "an empty id": {"assistant_id": ""},
    "no such type": {"type": "BOTH"},
    "no first day": {"start_date": None},
    "no such day": {"start_date": "2027-02-29"},
    "the last day is the first": {"end_date": "2027-01-04"},
    "no zone": {"timezone": None},
    "no such zone": {"timezone": "Mars/Olympus"},
    "no days": {"days_of_week": []},
    "no such weekday": {"days_of_week": ["MONDAY", "FUNDAY"]},
    "no such time": {"daily_start_time": "24:00"},
    "ends before it starts": {"daily_end_time": "08:59"},
    "no attempt": {"max_call_attempts": 0},
    "half an attempt": {"max_daily_attempts": 1.5},
    "too small a gap": {"min_gap_between_attempts": 2},
    "neither yes nor no": {"consider_voicemail_as_answered": "perhaps"},
    "no address": {"webhook_url": "events"},
}

each_peer = pytest.mark.parametrize("peer", ACCEPTS)


@pytest.mark.parametrize("peer", FIELDS_OF)
def test_each_peer_has_the_fields_of_the_contract(peer: str) -> None:
    assert FIELDS_OF[peer] == set(FIELD)


@each_peer
@pytest.mark.parametrize("case", VALID)
def test_each_peer_accepts_what_the_contract_does(peer: str, case: str) -> None:
    assert find_problems(read_json(VALID[case])) == []
    assert ACCEPTS[peer](json.dumps(VALID[case]).encode())


@each_peer
@pytest.mark.parametrize("case", REFUSED)
def test_each_peer_refuses_what_the_contract_does(peer: str, case: str) -> None:
    document = SAMPLE | REFUSED[case]

    assert {problem.field for problem in find_problems(read_json(document))} == {*REFUSED[case]}
    assert not ACCEPTS[peer](json.dumps(document).encode())


@pytest.mark.parametrize("peer", SITES)
@pytest.mark.parametrize("zones", ["", "/typed-zone"])
def test_each_page_asks_for_every_field_and_holds_what_is_kept(peer: str, zones: str) -> None:
    site = SITES[peer](outbound())
    content = answer(site, returning(site, f"/sample{zones}"))
    page = BeautifulSoup(content, PARSER)
    form = page.form
    assert form is not None
    asked = {str(control["name"]) for control in form.select("[name]:not([type=hidden])")}
    posted: dict[str, list[str]] = {}
    for name, value in fields_of(document_fromstring(content).forms[0]):
        posted.setdefault(name, []).append(value)

    assert asked == set(FIELD)
    assert len(form.select("option")) == (0 if zones else len(ZONE_NAMES) + 1)
    assert {name: texts for name, texts in posted.items() if name in SAMPLE} == {
        name: [value] if isinstance(value, str) else list(value)
        for name, value in typed(outbound()).items()
    }


@pytest.mark.parametrize("peer", SITES)
def test_a_returning_browser_is_given_a_token_for_its_cookie(peer: str) -> None:
    site = SITES[peer]({})
    request = returning(site, "/new")

    assert request["HTTP_COOKIE"]
    assert b"csrf" in answer(site, request)
