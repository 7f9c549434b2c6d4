"""A text that is made shorter still reads as words."""

import pytest

from app.campaign.formatting import shorten


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
