"""An answer is read in whatever shape it comes; what is not understood is not guessed."""

import json
from typing import Any

import pytest

from app.remote.answers import find_errors, find_message, read_created
from tests.remote.wire import success

NOT_UNDERSTOOD = [
    "",
    "<h1>Bad gateway</h1>",
    "{",
    "null",
    "7",
    "[]",
    '["No."]',
    '{"reason": "No."}',
    "[" * 100_000,
    "9" * 5_000,
]


@pytest.mark.parametrize("key", ["message", "detail", "error", "errors"])
@pytest.mark.parametrize(
    "content", ["No.", ["No."], {"name": "No."}, {"name": ["No."]}, [{"message": "No."}]]
)
def test_a_sentence_is_found_where_apis_put_it(key: str, content: Any) -> None:
    assert find_message(json.dumps({key: content})) == "No."


@pytest.mark.parametrize("keys", [("message", "detail"), ("detail", "error"), ("error", "errors")])
def test_the_first_of_two_sentences_is_taken(keys: tuple[str, str]) -> None:
    first, second = keys

    assert find_message(json.dumps({second: "Second.", first: "First."})) == "First."


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}, 7, True])
def test_a_key_that_says_nothing_is_passed_over(nothing: Any) -> None:
    assert find_message(json.dumps({"message": nothing, "detail": "No."})) == "No."


def test_several_sentences_are_read_one_after_the_other() -> None:
    assert (
        find_message('{"errors": {"name": ["One.", "Two."], "type": "Three."}}')
        == "One. Two. Three."
    )


def test_of_an_error_with_its_place_and_its_kind_the_message_is_read() -> None:
    errors = [
        {"loc": ["body", "name"], "msg": "Too short.", "type": "string_too_short"},
        {"loc": ["body", "type"], "msg": "Unknown.", "type": "enum"},
    ]
    assert find_message(json.dumps({"detail": errors})) == "Too short. Unknown."


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"detail": {"message": "Invalid.", "errors": [{"loc": ["name"], "msg": "Too long."}]}},
            "Invalid. Too long.",
        ),
        ({"errors": {"message": ["Too long."], "name": ["Required."]}}, "Too long. Required."),
        ({"error": {"message": 5, "reason": "Bad."}}, "Bad."),
    ],
)
def test_nothing_that_is_said_beside_a_message_is_dropped(document: Any, message: str) -> None:
    assert find_message(json.dumps(document)) == message


def test_an_answer_that_is_only_a_sentence_is_that_sentence() -> None:
    assert find_message('"No."') == "No."


@pytest.mark.parametrize("shape", ['"{}"', '{{"message": "{}"}}', '{{"errors": {{"name": "{}"}}}}'])
def test_a_long_sentence_is_not_cut_inside_a_word(shape: str) -> None:
    words = [f"reason{number}" for number in range(1000)]
    answer = shape.format(" ".join(words))
    for sentence in (find_message(answer), *find_errors(answer).get("name", ())):
        assert sentence.endswith(" …")
        assert set(sentence.split()) <= {*words, "…"}


@pytest.mark.parametrize("answer", NOT_UNDERSTOOD, ids=lambda answer: answer[:20])
def test_what_is_not_understood_is_no_sentence_and_no_error_of_a_field(answer: str) -> None:
    assert find_message(answer) == ""
    assert find_errors(answer) == {}


@pytest.mark.parametrize("answer", NOT_UNDERSTOOD, ids=lambda answer: answer[:20])
def test_what_is_not_understood_is_no_campaign(answer: str) -> None:
    assert read_created(answer, 201) is None


@pytest.mark.parametrize(
    "document",
    ["x" * 100_000, {"message": "x" * 100_000}, {"detail": ["xxxx"] * 100_000}],
    ids=["alone", "as a message", "as a list"],
)
def test_a_sentence_without_end_is_cut(document: Any) -> None:
    assert 490 < len(find_message(json.dumps(document))) <= 500


@pytest.mark.parametrize("key", ["errors", "detail", "error"])
@pytest.mark.parametrize(
    "content",
    [
        {"end_date": "Too early."},
        {"end_date": ["Too early."]},
        {"end_date": {"message": "Too early."}},
        [{"field": "end_date", "message": "Too early."}],
        [{"loc": ["body", "end_date"], "msg": "Too early."}],
        [{"loc": "end_date", "msg": ["Too early."]}],
    ],
)
def test_a_field_is_named_in_each_shape_in_common_use(key: str, content: Any) -> None:
    assert find_errors(json.dumps({key: content})) == {"end_date": ["Too early."]}


def test_all_that_is_said_of_one_field_is_kept() -> None:
    errors = [{"field": "name", "message": "One."}, {"field": "name", "message": "Two."}]

    assert find_errors(json.dumps({"errors": errors})) == {"name": ["One.", "Two."]}


@pytest.mark.parametrize(
    "errors",
    [
        "No.",
        ["No."],
        {"name": None},
        {"name": []},
        [{"loc": [], "msg": "No."}],
        [{"loc": ["body", 0], "msg": "No."}],
        [{"msg": "No."}],
    ],
)
def test_an_error_without_a_field_or_without_a_word_names_none(errors: Any) -> None:
    assert find_errors(json.dumps({"errors": errors})) == {}


@pytest.mark.parametrize("missing", ["campaign_name", "campaign_type", "campaign_status"])
def test_a_campaign_with_an_id_is_created_whatever_else_is_missing(missing: str) -> None:
    campaign = read_created(success(**{missing: None}), 201)

    assert campaign is not None
    assert getattr(campaign, missing) == ""


def test_half_of_a_surrogate_pair_becomes_a_sign_that_can_be_kept_and_shown() -> None:
    assert find_message(r'{"message": "No \ud83d."}') == "No ?."
    assert find_errors(r'{"errors": {"na\ud83dme": "No \udc4d."}}') == {"na?me": ["No ?."]}


def test_a_whole_surrogate_pair_is_the_sign_that_it_means() -> None:
    assert find_message(r'{"message": "Yes \ud83d\udc4d."}') == "Yes 👍."
