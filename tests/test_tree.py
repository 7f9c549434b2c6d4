"""What is kept under version control: the project, and nothing that a run of it has left."""

import ast
import re
from pathlib import Path
from subprocess import run

ROOT = Path(__file__).parents[1]
TOP = {
    ".ci",
    ".containerignore",
    ".editorconfig",
    ".git-blame-ignore-revs",
    ".gitignore",
    "Containerfile",
    "Makefile",
    "README.md",
    "app",
    "biome.jsonc",
    "compose.yaml",
    "deploy",
    "docs",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements-installer.lock",
    "requirements.lock",
    "static",
    "templates",
    "tests",
}
EMPTY = {"found", "given", "meant", "one", "said", "shown", "told", "wanted"}
RUN_TIME = re.compile(r"(.*/)?(secret_key|token_keys|.*\.(sqlite3|db)(-\w+)?|.*\.log)")


def list_kept() -> list[str]:
    """List the files under version control; none where there is only a copy of them."""
    command = ("git", "ls-files")
    listed = run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  Whichever git there is.
    return listed.stdout.splitlines()


def test_nothing_stands_at_the_top_but_what_belongs_there() -> None:
    assert {name.split("/")[0] for name in list_kept()} <= TOP


def test_no_key_and_no_database_is_kept() -> None:
    assert [name for name in list_kept() if RUN_TIME.fullmatch(name)] == []


def test_no_module_defines_a_function_of_its_own_name() -> None:
    """Importing one would hide the other, and a function is named by a verb, a module by a noun."""
    modules = [name for name in list_kept() if re.fullmatch(r"app/.*\.py", name)]
    assert [name for name in modules if Path(name).stem in list_functions(ROOT / name)] == []


def test_no_name_is_a_word_that_says_nothing_of_the_thing() -> None:
    """A noun of the field fits better, and one such name draws the next after it."""
    modules = [name for name in list_kept() if re.fullmatch(r"(app|tests)/.*\.py", name)]
    empty = {name: EMPTY & list_names(ROOT / name) for name in modules}
    assert {name: words for name, words in empty.items() if words} == {}


def test_the_name_of_each_test_says_by_itself_what_it_holds() -> None:
    """A failure shows that name alone, and tests run in any order."""
    modules = [name for name in list_kept() if re.fullmatch(r"tests/(.*/)?test_\w+\.py", name)]
    names = {name for module in modules for name in list_names(ROOT / module)}
    assert {
        name for name in names if re.match("test_(and|nor|so_(is|are|do|does))_", name)
    } == set()


def list_names(path: Path) -> set[str]:
    """List what a module gives a name to: variables, parameters, functions and classes."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
    return names


def list_functions(path: Path) -> set[str]:
    body = ast.parse(path.read_text()).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}
