"""What of a database's schema the models describe."""


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out search indexes, which each dialect makes, sandbox, queue and Alembic's own."""
    return kind != "table" or not str(name).startswith(
        ("draft_search", "exchange_search", "huey_", "sandbox_", "alembic_")
    )
