"""What shows nothing counts for nothing, whatever it is called."""

import pytest

from app.campaign.contract.visible import (
    can_be_seen,
    drop_invisible,
    is_plain,
    make_name_key,
    read_name,
    tidy,
)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u200b", "\u2800", "\u3164", "\u115f\uffa0"])
def test_what_shows_nothing_is_nothing(blank: str) -> None:
    assert not can_be_seen(blank)
    assert drop_invisible(blank) == ""
    assert drop_invisible(f"{blank}Ada{blank}Lee{blank}").replace(" ", "") == "AdaLee"


@pytest.mark.parametrize("name", ["Ada Lee", "Ñandú 電話", "Zoë", "محمد"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert drop_invisible(f" {name}\n") == name


@pytest.mark.parametrize(
    "name", ["Ada Lee", "محمد", "नमस्ते क्\u200dष", "Team 👨\u200d👩\u200d👧", "Pride 🏳\ufe0f"]
)
def test_a_name_may_have_what_joins_its_letters(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\ufeff", "\u200b", "\t", "\n", "\x1b"])
def test_a_plain_name_has_nothing_that_hides_or_turns_letters(sign: str) -> None:
    assert not is_plain(f"Client{sign} A")
    assert not is_plain(f" {sign}")


@pytest.mark.parametrize("typed", ["Café  A", "Cafe\u0301 A", "\nCafé\tA "])
def test_names_that_look_alike_are_one(typed: str) -> None:
    assert tidy(typed) == "Café A"


@pytest.mark.parametrize(
    "name", ["San\u200ddbox", "SANDBOX", " sand\ufe0fbox", "Sand\u200cbox ", "\u200d Sandbox"]
)
def test_names_that_look_alike_are_told_apart_by_nothing(name: str) -> None:
    assert make_name_key(name) == make_name_key("Sandbox")


def test_half_of_a_pair_is_no_name() -> None:
    assert not is_plain("Client \ud800")


@pytest.mark.parametrize("name", ["Client \u200d A", "Client\u00a0A", "Client  A"])
def test_what_is_between_words_is_one_space(name: str) -> None:
    assert read_name(name) == "Client A"
