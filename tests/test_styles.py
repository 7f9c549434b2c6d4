"""Everything on a page is of one scale: distances, letters, corners and what has a shadow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static" / "css"
MOST = 3.5
"""Rems up to which a distance is one between parts, and not room kept for something of a size."""


def declarations(names: str) -> Iterator[tuple[str, str]]:
    """Yield where each of these properties is set, and to what."""
    for path in sorted(CSS.rglob("*.css")):
        if path.name == "tokens.css":
            continue
        for name, value in re.findall(rf"^\s*({names}): ([^;]+);", path.read_text(), re.MULTILINE):
            yield f"{path.relative_to(CSS)}, {name}", value


def test_distances_are_those_of_the_scale() -> None:
    others = {
        (where, value)
        for where, value in declarations(r"(?:padding|margin|gap|row-gap|column-gap)[a-z-]*")
        for number, unit in re.findall(r"(?<![\w.-])([\d.]+)(rem|em|px)\b", value)
        if unit != "rem" or float(number) < MOST
    }
    # The stripes above the head are drawn in its padding.
    assert others == {("layout/masthead.css, padding-top", "calc(var(--space-8) + 6px)")}


def test_letters_have_the_sizes_and_weights_of_the_scale() -> None:
    sizes = {value for _, value in declarations("font-size")}
    assert {size for size in sizes if not size.startswith("var(--type-")} <= {"inherit"}
    assert {value for _, value in declarations("font-weight")} == {"400", "600"}


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("border-radius", r"(var\(--round\)|0|[234]px|99px|50%)( (var\(--round\)|0))*"),
        ("box-shadow", r"var\(--floats\)|inset .*"),
    ],
)
def test_corners_are_alike_and_only_what_floats_has_a_shadow(name: str, good: str) -> None:
    values = dict(declarations(name))
    assert values
    assert {where: value for where, value in values.items() if not re.fullmatch(good, value)} == {}
