"""A file is named after its campaign, whatever that is called."""

import pytest

from app.web.downloads import name_file


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Q1 Recall East", "q1-recall-east.ics"),
        ("Café déjà vu!", "café-déjà-vu.ics"),
        ('../../etc/"x"\r\n', "etc-x.ics"),
        ("", "campaign.ics"),
        ("日本 2027", "日本-2027.ics"),
        ("Straße", "strasse.ics"),
        ("Family 👨\u200d👩\u200d👧 call", "family-call.ics"),
        ("สวัสดี", "สวัสดี.ics"),
        ("\u202e!\u200b", "campaign.ics"),
        ("a" * 300, f"{'a' * 60}.ics"),
    ],
)
def test_a_file_name_holds_nothing_but_letters_digits_and_hyphens(name: str, file: str) -> None:
    assert name_file(name, ".ics") == file
