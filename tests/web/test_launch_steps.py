"""What was not sent along is still to do."""

import pytest

from app.campaign.contract.fields import DialerType
from app.campaign.contract.payload import build_payload
from app.web.launch_steps import list_launch_steps
from tests.factories import inbound, outbound


@pytest.mark.parametrize(
    ("values", "done", "left"),
    [
        (
            outbound(),
            ["Created as DRAFT", "Phone number pn_abc123"],
            ["Add its leads", "Launch it"],
        ),
        (
            outbound(phone_number_id=None),
            ["Created as DRAFT"],
            ["Give it a phone number", "Add its leads", "Launch it"],
        ),
        (
            inbound(dialer_type=DialerType.POOL),
            ["Created as DRAFT"],
            ["Give it a pool of numbers", "Launch it"],
        ),
        (
            inbound(dialer_type=DialerType.POOL, phone_number_pool_id="pool_1"),
            ["Created as DRAFT", "Pool of numbers pool_1"],
            ["Launch it"],
        ),
    ],
    ids=["outbound", "no number", "no pool", "pool"],
)
def test_what_was_not_sent_along_is_left_to_do(
    values: dict[str, object], done: list[str], left: list[str]
) -> None:
    steps = list_launch_steps(build_payload(values), broken=0, is_known_as_draft=True)
    assert [step.words for step in steps if step.is_done] == done
    assert [step.words for step in steps if not step.is_done] == left


@pytest.mark.parametrize(("broken", "words"), [(1, "a law"), (4, "4 laws")])
def test_what_breaks_a_law_is_to_be_mended_before_the_launch(broken: int, words: str) -> None:
    steps = list_launch_steps(build_payload(outbound()), broken, is_known_as_draft=True)
    left = [step.words for step in steps if not step.is_done]
    assert left == [f"Change it: it breaks {words} of calling", "Add its leads", "Launch it"]
