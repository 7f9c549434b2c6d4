"""The mutants: what nothing guards survives, what is guarded is killed, and by whom."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.mutants.__main__ import ROOT
from tests.mutants.explanations import Explanation, read_explanations
from tests.mutants.guards import find_guards, list_modules
from tests.mutants.making import OPERATORS, Mutant, find_mutants, sample_mutants
from tests.mutants.trial import LONGEST, copy_of

_PRICE = dedent('''
    """What is paid."""
    from functools import cache
    from typing import TypeAlias
    Cents: TypeAlias = int | None
    _log = None
    @cache
    def pay(price: int | None, fee: int = 2) -> int | None:
        """Add the fee, of 2."""
        return price + fee
    def log(*, fee: int) -> None:
        _log.info("%s", fee + 1)
''')
_TEST = """
from price import pay
def test_the_fee_is_added_to_the_price(): assert pay(1, fee=2) == 3
"""
_GUARD = (["test_price.py"], LONGEST)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Make a tree of one module and one test, by which one of its numbers is not seen."""
    (tmp_path / "price.py").write_text(_PRICE)
    (tmp_path / "test_price.py").write_text(_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser\n    faults\n")
    return tmp_path


def _mutant(root: Path, line: str, operator: str) -> Mutant:
    return next(find_mutants(root, "price.py", line, operator))


@pytest.mark.slow
def test_a_mutant_is_killed_by_the_test_that_guards_its_line(small: Path) -> None:
    mutant = _mutant(small, "return price + fee", "ReplaceBinaryOperator_Add_Sub")

    with copy_of(small) as tree:
        killer = tree.try_mutant(mutant, [_GUARD])

    assert killer == "test_price.py::test_the_fee_is_added_to_the_price"


@pytest.mark.slow
def test_a_mutant_that_no_test_notices_survives_and_leaves_the_code_as_it_was(small: Path) -> None:
    line = "def pay(price: int | None, fee: int = 2) -> int | None:"
    mutant = _mutant(small, line, "NumberReplacer")

    with copy_of(small) as tree:
        assert tree.try_mutant(mutant, [_GUARD, _GUARD]) == ""
        assert (tree.root / "price.py").read_text() == _PRICE
    assert not tree.root.exists()


@pytest.mark.slow
def test_a_mutant_with_which_no_test_can_begin_is_killed(small: Path) -> None:
    mutant = Mutant("price.py", 1, "", "", "", "raise ValueError")

    with copy_of(small) as tree:
        assert tree.try_mutant(mutant, [_GUARD]) == "test_price.py"


@pytest.mark.slow
def test_a_mutant_that_hangs_is_killed_by_the_time(small: Path) -> None:
    mutant = Mutant("price.py", 1, "", "", "", "while True: pass")

    with copy_of(small) as tree:
        killer = tree.try_mutant(mutant, [(["test_price.py"], 5)])

    assert killer == "time: 5 s were not enough for test_price.py"


def test_what_cannot_matter_is_not_changed(small: Path) -> None:
    lines = {mutant.text for mutant in sample_mutants(small, ["price.py"], seed=1, count=99)}

    assert lines == {
        "def pay(price: int | None, fee: int = 2) -> int | None:",
        "return price + fee",
    }


@pytest.mark.slow
def test_a_sample_is_the_same_again_for_a_seed_and_another_for_another() -> None:
    paths = ["app/sending/journal.py", "app/sending/outcome.py"]

    first, again, other = (sample_mutants(ROOT, paths, seed, count=8) for seed in (1, 1, 2))

    assert first == again
    assert set(first) != set(other)
    assert [mutant.path for mutant in first] == sorted(paths * 4)


def test_a_change_of_one_line_leaves_the_sample_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text("a = 1 + 2\nb = 3 + 4\n")
    before = sample_mutants(tmp_path, ["sums.py"], seed=1, count=99)
    (tmp_path / "sums.py").write_text("\n\nc = 5\na = 1 + 2\nb = 3 + 4\n")
    after = sample_mutants(tmp_path, ["sums.py"], seed=1, count=99)

    assert {mutant.becomes for mutant in before} == {
        mutant.becomes for mutant in after if mutant.text != "c = 5"
    }


@pytest.mark.parametrize("path", list_modules(ROOT))
def test_every_guard_is_there(path: str) -> None:
    if not path.endswith("__init__.py"):
        assert all((ROOT / test).exists() for tests in find_guards(path) for test in tests)


@pytest.mark.parametrize(
    "explanation", read_explanations(), ids=lambda explanation: explanation.line
)
def test_an_explanation_is_of_a_mutant_that_can_be_made(explanation: Explanation) -> None:
    assert explanation.operator in {name.removeprefix("core/") for name in OPERATORS}
    assert not explanation.is_stale(ROOT)
    assert explanation.why.endswith(".")


def test_an_explanation_is_stale_once_its_line_has_changed(small: Path) -> None:
    line = "return price + fee"
    name = "ReplaceBinaryOperator_Add_Sub"
    explanation = Explanation("price.py", line, name, "return price - fee", "Why.")
    assert not explanation.is_stale(small)

    (small / "price.py").write_text(_PRICE.replace("price + fee", "fee + price"))

    assert explanation.is_stale(small)
