"""The figures as a bar chart: one SVG, drawn by hand, that reads in light and in dark.

Two parts, as there are two questions: is a goal kept, and who is faster. What is missed is
said in words, too, since colour alone tells it to not everybody. The ground is its own: a page
may be light while its reader's system is dark.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil, floor, log2
from xml.sax.saxutils import escape

from tests.benchmarks.figure import Figure
from tests.benchmarks.report import machine, value_in_words

_WIDTH, _LEFT, _PLOT = 1000, 372, 320
_ROLE = 'role="img" aria-labelledby="title desc"'
_TOP, _ROW, _BAR = 96, 24, 14
_LONGEST_SHARE = 1.5
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .ground { fill: #ffffff; }
    .title { font-size: 18px; font-weight: 600; }
    .part { font-size: 15px; font-weight: 600; }
    .quiet { fill: #59636e; }
    .axis { stroke: #d1d9e0; }
    .mark { stroke: #1f2328; stroke-dasharray: 3 3; }
    .goal { stroke: #1f2328; stroke-width: 3; }
    .bar { fill: #0969da; }
    .missed { fill: #bc4c00; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .ground { fill: #0d1117; }
      .quiet { fill: #9198a1; }
      .axis { stroke: #3d444d; }
      .mark, .goal { stroke: #f0f6fc; }
      .bar { fill: #4493f8; }
      .missed { fill: #f0883e; }
    }"""


@dataclass(frozen=True)
class _Scale:
    """Where a ratio stands between the ends of the axis; what is beyond stands at its end."""

    least: float
    most: float
    is_by_powers: bool

    def x(self, ratio: float) -> float:
        place = log2(ratio) if self.is_by_powers else ratio
        within = min(max(place, self.least), self.most)
        return round(_LEFT + _PLOT * (within - self.least) / (self.most - self.least), 1)


def draw(figures: Sequence[Figure]) -> str:
    """Draw all figures that have a goal or a peer."""
    compared = [figure for figure in figures if figure.goal.unit == "× as fast"]
    held = [figure for figure in figures if figure not in compared and figure.share is not None]
    parts = _goals_part(held, _TOP), _peers_part(compared, _TOP + _height(held))
    height = _TOP + _height(held) + _height(compared)
    title = "Campaign Builder: speed against its goals and its peers"
    where = machine()
    measured = f"One run on {where['cores']} cores, Python {where['python']}"
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_ROLE}>',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{escape(_in_words([*held, *compared]))}</desc>',
        f"<style>{_STYLE}\n</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="6"/>',
        _text(16, 32, title, "title"),
        _text(16, 54, measured, "quiet"),
    ]
    return "\n".join([*head, *chain(*parts), "</svg>", ""])


def _goals_part(figures: Sequence[Figure], y: int) -> Iterator[str]:
    scale = _Scale(0, _LONGEST_SHARE, is_by_powers=False)
    yield _text(16, y, "Share of the goal that is used (1 = the goal; shorter is better)", "part")
    yield from _axis(scale, [0, 0.5, 1, 1.5], "", y, len(figures))
    for number, figure in enumerate(figures):
        words = f"{value_in_words(figure)}, goal {figure.goal.met} {figure.goal.limit:,}"
        yield from _bar(figure, words, (scale.x(0), scale.x(figure.share or 0)), _top(y, number))


def _peers_part(figures: Sequence[Figure], y: int) -> Iterator[str]:
    goals = [figure.goal.limit for figure in figures if figure.goal.limit is not None]
    ratios = [0.5, 2, *goals, *(figure.value for figure in figures)]
    scale = _Scale(floor(log2(min(ratios))), ceil(log2(max(ratios))), is_by_powers=True)
    powers = [2.0**power for power in range(int(scale.least), int(scale.most) + 1)]
    title = "Times as fast as a peer in the same run (thick line = the goal; longer is better)"
    yield _text(16, y, title, "part")
    yield from _axis(scale, powers, " ×", y, len(figures))
    for number, figure in enumerate(figures):
        top = _top(y, number)
        words = f"{figure.ours} to {figure.peer}"
        yield from _bar(figure, words, (scale.x(1), scale.x(figure.value)), top)
        if figure.goal.limit is not None:
            x = scale.x(figure.goal.limit)
            yield f'<line class="goal" x1="{x}" x2="{x}" y1="{top - 2}" y2="{top + _BAR + 2}"/>'


def _axis(scale: _Scale, ratios: Iterable[float], unit: str, y: int, rows: int) -> Iterator[str]:
    top, bottom = y + 28, _top(y, rows)
    for ratio in ratios:
        x, css = scale.x(ratio), "mark" if ratio == 1 else "axis"
        yield f'<line class="{css}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        yield _text(x, top - 6, f"{ratio:g}{unit}", "quiet", "middle")


def _bar(figure: Figure, words: str, ends: tuple[float, float], top: float) -> Iterator[str]:
    is_missed = figure.is_met is False
    left, width = min(ends), max(abs(ends[1] - ends[0]), 1)
    yield _text(_LEFT - 12, top + 11, figure.name, "", "end")
    css = "bar missed" if is_missed else "bar"
    yield f'<rect class="{css}" x="{left}" y="{top}" width="{width:.1f}" height="{_BAR}" rx="2"/>'
    caption = f"{words}{' (missed)' if is_missed else ''}"
    yield _text(_LEFT + _PLOT + 12, top + 11, caption, "quiet")


def _in_words(figures: Iterable[Figure]) -> str:
    verdicts = {None: "", True: ", met", False: ", missed"}
    return ". ".join(
        f"{figure.name}: {value_in_words(figure)}{verdicts[figure.is_met]}" for figure in figures
    )


def _top(y: int, number: int) -> int:
    return y + 34 + number * _ROW


def _height(figures: Sequence[Figure]) -> int:
    return 74 + len(figures) * _ROW


def _text(x: float, y: float, words: str, css: str, anchor: str = "start") -> str:
    return f'<text class="{css}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
