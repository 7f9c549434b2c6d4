"""What no part of the app may do: run text, guess secrets, hash weakly, load from elsewhere."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest
from flask.testing import FlaskClient

import app as application

ROOT = Path(__file__).parents[1]
MODULES = {
    str(path.relative_to(ROOT / "app")): path for path in sorted((ROOT / "app").rglob("*.py"))
}
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

RUNNING = {"eval", "exec", "compile", "__import__"}
UNSAFE = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "code", "codeop", "pty"}
"""Modules that run, or can be led to run, what they read."""

CRYPTOGRAPHY = {
    "__main__.py": {"ssl"},
    "app": {"secrets"},
    "campaign/compliance": {"hashlib"},
    "campaign/contract": {"hashlib"},
    "cli": {"hashlib"},
    "cli/archive.py": {"hashlib", "secrets"},
    "cli/certificates.py": {"cryptography"},
    "connections.py": {"hashlib"},
    "gunicorn": {"ssl"},
    "notices": {"hashlib", "hmac", "secrets"},
    "people": {"hashlib", "secrets", "ssl", "authlib", "joserfc", "webauthn", "flask_security"},
    "people/second_steps.py": {"cryptography", "flask_security", "passlib", "webauthn"},
    "private_files.py": {"secrets"},
    "remote": {"ssl"},
    "sending": {"hmac", "secrets", "ssl"},
    "store": {"hashlib", "hmac", "secrets", "cryptography", "flask_security"},
    "web": {"hashlib", "hmac", "itsdangerous", "secrets", "flask_security"},
}
"""Which of it each part of the app takes; the guide to security says what for."""

OF_CRYPTOGRAPHY = set().union(*CRYPTOGRAPHY.values()) | {
    *("random", "uuid", "argon2", "passlib", "bcrypt", "Crypto", "nacl", "jwt"),
}

HOSTILE = [
    *("a" * 20_000, " " * 20_000, "-" * 20_000, "1" * 20_000, "," * 20_000, '"' * 20_000),
    *("a " * 10_000, "a." * 10_000, "a-" * 10_000, "\\" * 20_000, "and " * 5_000, '\\"' * 10_000),
    *("https://" * 2_500, "token=" * 3_000, '"token": "' * 2_000, "Bearer " * 3_000, "eyJ" * 6_000),
    *("GMT+" * 5_000, "\n" * 20_000, "2027-01-01 " * 2_000, "sk_live_" * 2_500, "\t\r" * 10_000),
]


@cache
def parse(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text())


def list_imports(name: str) -> Iterator[str]:
    """List the packages that a module imports, by their first name."""
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def list_calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """List the calls in a module, each by the last part of what is called."""
    for node in ast.walk(parse(name)):
        if isinstance(node, ast.Call):
            called = node.func
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield last, node


def find_part(name: str) -> str:
    """Find the longest name in the table of parts that a module is in."""
    if name == "__init__.py":
        return "app"
    return max((part for part in CRYPTOGRAPHY if name.startswith(part)), key=len, default="")


@pytest.mark.parametrize("name", MODULES)
def test_no_text_runs_as_code(name: str) -> None:
    builtin = {
        node.func.id
        for _, node in list_calls(name)
        if isinstance(node.func, ast.Name) and node.func.id in RUNNING
    }
    calls = {called for called, _ in list_calls(name)}
    assert builtin == set()
    assert not calls & {"render_template_string", "from_string", "system", "popen", "format_map"}
    assert not UNSAFE & set(list_imports(name))
    for called, node in list_calls(name):
        if called == "format" and isinstance(node.func, ast.Attribute):
            assert is_constant(node.func.value)


def is_constant(text: ast.expr) -> bool:
    """Tell whether a format is written here, or comes of a table of the module, or is a name."""
    is_of_table = isinstance(text, ast.Subscript) and ast.unparse(text.value).isupper()
    return is_of_table or isinstance(text, ast.Constant | ast.Name | ast.IfExp)


def test_one_module_starts_programs() -> None:
    starting = {name for name in MODULES if "subprocess" in set(list_imports(name))}
    assert starting == {"secret_sources.py"}
    for called, node in list_calls("secret_sources.py"):
        if called == "run":
            assert "shell" not in {keyword.arg for keyword in node.keywords}


@pytest.mark.parametrize("name", MODULES)
def test_cryptography_is_where_it_is_known_to_be(name: str) -> None:
    used = OF_CRYPTOGRAPHY & set(list_imports(name))
    assert used <= CRYPTOGRAPHY.get(find_part(name), set())


@pytest.mark.parametrize("name", MODULES)
def test_random_numbers_cannot_be_guessed(name: str) -> None:
    assert not {"random", "uuid"} & set(list_imports(name))
    for called, node in list_calls(name):
        if called in {"token_urlsafe", "token_bytes"}:
            [length] = [
                argument.value for argument in node.args if isinstance(argument, ast.Constant)
            ]
            assert isinstance(length, int)
            assert length * 8 >= 128


@pytest.mark.parametrize("name", MODULES)
def test_hashes_are_sha_256(name: str) -> None:
    named = {
        node.attr
        for node in ast.walk(parse(name))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "hashlib"
    }
    lookup = {"sha1"} if name == "people/breaches.py" else set()  # Their lists are of SHA-1.
    assert named <= {"sha256", "file_digest"} | lookup
    for called, node in list_calls(name):
        if called in {"file_digest", "digest"} and len(node.args) > 1:
            assert ast.literal_eval(node.args[-1]) == "sha256"


def test_a_password_costs_what_it_has_to() -> None:
    """At least 19 MiB, twice over (OWASP's cheat sheet of password storage)."""
    [cost] = [
        ast.literal_eval(node.value)
        for node in parse("people/sign_in_options.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HASHING"
    ]
    assert cost["argon2__memory_cost"] >= 19 * 1024
    assert cost["argon2__time_cost"] >= 2


def test_secrets_are_compared_in_constant_time() -> None:
    """What was sent is compared, or else looked up by a hash of it."""
    for name in ("web/screens/metrics.py", "store/archive_file.py"):
        assert "compare_digest" in {called for called, _ in list_calls(name)}
    for name in ("store/api_tokens.py", "store/join_links.py", "store/sign_ins.py"):
        assert "hash_key" in {called for called, _ in list_calls(name)}


def list_patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """List the expressions that the modules of the app hold."""
    for match in pkgutil.walk_packages(application.__path__, "app."):
        if "__main__" in match.name or "migrations" in match.name:
            continue
        for name, value in vars(importlib.import_module(match.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                yield f"{match.name}.{name}", value


def test_expressions_end_soon_on_hostile_text(subtests: pytest.Subtests) -> None:
    patterns = dict(list_patterns())
    assert len(patterns) > 20
    for name, pattern in patterns.items():
        with subtests.test(name):
            for text in HOSTILE:
                began = perf_counter()
                pattern.fullmatch(text + "\0")
                assert perf_counter() - began < 1
                if "remote.redaction" in name:  # All others are held to whole, bounded texts.
                    pattern.sub("", text + "\0")
                    assert perf_counter() - began < 1


def test_templates_escape_what_they_show() -> None:
    unescaped = [
        (path.name, match)
        for path in TEMPLATES
        for match in re.findall(r"\{\{[^}]*\|\s*safe[^}]*\}\}|autoescape", path.read_text())
    ]
    assert unescaped == [("codes.html", "{{ authr_qrcode|safe }}")]  # Drawn by the app itself.
    scripts = [tag for path in TEMPLATES for tag in re.findall("<script.*?>.*", path.read_text())]
    assert scripts
    assert all(re.search(r' src="\{\{ asset\(.+?"></script>', tag) for tag in scripts)


def test_templates_load_nothing_from_elsewhere() -> None:
    loading = re.compile(r"<(?:script|link|img|iframe|object|embed|form|source)\b[^>]*?https?:")
    assert not [path.name for path in TEMPLATES if loading.search(path.read_text())]
    assert not [
        path.name
        for path in (ROOT / "static" / "css").rglob("*.css")
        if re.search(r"url\([\"']?(https?:)?//|@import", path.read_text())
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_show_text_and_no_markup(script: Path) -> None:
    text = script.read_text()
    writing = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc"
    assert not re.search(writing, text)
    assert not re.search(r"""set(?:Timeout|Interval)\(\s*["'`]""", text)
    assert "DOMParser" not in text or script.name == "batch.js"  # It reads a page of the app.


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_modules_and_put_nothing_on_the_window(script: Path) -> None:
    text = script.read_text()
    assert not re.search(r"\b(?:window|globalThis|self)(?:\.\w+|\[[^\]]+\])\s*=[^=]", text)
    assert not re.search(r"document\.(?:forms|all|images|embeds)\b|window\[", text)
    assert not re.search(r"__proto__|\.prototype\b|\.constructor\b", text)
    assert not re.search(r"\bfor \((?:const|let) \w+ in ", text)
    assert not re.search(r"Object\.assign\((?!document\.createElement)", text)


def test_scripts_are_the_same_for_everybody(client: FlaskClient) -> None:
    loaded = re.findall(r'<script[^>]*src="([^"]+)"', client.get("/").text)
    assert loaded
    for address in loaded:
        with client.get(address) as answer:
            assert "Set-Cookie" not in answer.headers
            assert answer.data == (ROOT / "static" / address.split("/", 3)[3]).read_bytes()
