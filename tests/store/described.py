"""What of a database's schema the models describe."""


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the search indexes, which each dialect makes, and Alembic's own table."""
    return kind != "table" or not str(name).startswith(
        ("draft_search", "exchange_search", "alembic_")
    )
