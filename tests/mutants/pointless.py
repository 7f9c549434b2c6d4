"""Changes that cannot matter, whatever the code around them is: no test could notice them."""

from collections.abc import Iterator
from typing import Any

_SAME = ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")
"""What is equal is the same object wherever the code asks for either: members of enumerations."""

_ARGUMENTS = {"maxsize", "frozen", "strict"}
"""The size of a cache decides how fast it is; the two others only tell that somebody else erred."""

_CACHES = {"cache", "lru_cache"}


def has_pointless_operator(name: str) -> bool:
    """Tell whether an operator of cosmic-ray does nothing, or nothing that can be seen."""
    return name.endswith(_SAME) or name == "core/NoOp"


def is_pointless(changed: Any) -> bool:
    """Tell whether no change of this node of a parso tree can matter."""
    around = list(_around(changed))
    return (
        _is_cache(changed)
        or _is_marker(changed)
        or any(
            _is_annotation(child, node)
            or _is_such_argument(node)
            or _is_log(node)
            or _is_export(node)
            for child, node in zip([changed, *around], around, strict=False)
        )
    )


def _around(changed: Any) -> Iterator[Any]:
    node = changed.parent
    while node is not None:
        yield node
        node = node.parent


def _is_annotation(child: Any, node: Any) -> bool:
    """Tell whether a part of a node is a type, or what a name for a type stands for."""
    if node.type == "tfpdef":
        return child is not node.children[0]
    if node.type == "annassign":
        is_alias = node.children[1].get_code(include_prefix=False) == "TypeAlias"
        return is_alias or child is node.children[1]
    return node.type == "funcdef" and child is node.annotation


def _is_such_argument(node: Any) -> bool:
    return node.type == "argument" and node.children[0].get_code().strip() in _ARGUMENTS


def _is_cache(changed: Any) -> bool:
    """Tell whether this is a decorator, to be removed, that only keeps results."""
    if changed.type != "decorator":
        return False
    return changed.children[1].get_code().partition("(")[0].strip() in _CACHES


def _is_marker(changed: Any) -> bool:
    """Tell whether this stands among parameters and says how they may be passed."""
    return changed.type == "operator" and changed.parent.type in {"parameters", "param"}


def _is_log(node: Any) -> bool:
    return bool(node.type == "atom_expr" and node.children[0].get_code().strip() == "_log")


def _is_export(node: Any) -> bool:
    return bool(node.type == "expr_stmt" and node.children[0].get_code().strip() == "__all__")
