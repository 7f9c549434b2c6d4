"""A text that is made shorter still reads as words."""

from datetime import timedelta

import pytest

from app.campaign.formatting import format_length, shorten


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", ""),
        ("short enough", "short enough"),
        ("It was refused.", "It was …"),
        ("It was r efused", "It was r …"),
        ("Refused:\nno such assistant", "Refused: …"),
        ("refused_entirely", "refused_ent…"),
        ("a refused_entirely", "a …"),
    ],
)
def test_it_is_cut_between_two_words(text: str, short: str) -> None:
    assert shorten(text, 12) == short
    assert len(short) <= 12


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 hours"),
        (1, "1 second"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (5400, "1 hour 30 minutes"),
        (7261, "2 hours 1 minute 1 second"),
        (3601, "1 hour 1 second"),
        (3600 * 2080, "2,080 hours"),
    ],
)
def test_a_length_of_time_is_written_out_and_not_rounded(seconds: int, words: str) -> None:
    assert format_length(timedelta(seconds=seconds)) == words
