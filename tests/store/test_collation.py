"""Names stand where a reader looks for them."""

from app.store.collation import make_sort_key


def test_accents_and_case_do_not_count() -> None:
    names = ["zeta", "Über", "Élan", "ubiquity", "Edam", "Straße", "elf", "Strauß", "Ångström"]
    assert sorted(names, key=make_sort_key) == [
        *("Ångström", "Edam", "Élan", "elf", "Straße", "Strauß", "Über", "ubiquity", "zeta"),
    ]
