"""What shows nothing counts for nothing, whatever it is called."""

import pytest

from app.campaign.contract.visible import can_be_seen, drop_invisible


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u200b", "\u2800", "\u3164", "\u115f\uffa0"])
def test_what_shows_nothing_is_nothing(blank: str) -> None:
    assert not can_be_seen(blank)
    assert drop_invisible(blank) == ""
    assert drop_invisible(f"{blank}Ada{blank}Lee{blank}").replace(" ", "") == "AdaLee"


@pytest.mark.parametrize("name", ["Ada Lee", "Ñandú 電話", "Zoë", "محمد"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert drop_invisible(f" {name}\n") == name
