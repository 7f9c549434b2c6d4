"""The address book: filled by use and by hand, and offered in the form."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.campaign.contract.fields import CallingEntity
from app.campaign.contract.id_kinds import ID_FIELDS, IdKind
from app.connections import SANDBOX
from app.sandbox.examples import EXAMPLES, ExampleId, find_example
from app.store import address_book
from app.store.database import Store
from tests.factories import outbound, typed
from tests.pages import Visitor, text

Saved = Callable[..., str]


def offered(client: FlaskClient, key: str = "sandbox") -> dict[str, list[list[str]]]:
    return dict(client.get(f"/connections/{key}/book.json").get_json())


def test_the_sandboxs_own_ids_are_offered_there_alone_and_each_once(
    visitor: Visitor, client: FlaskClient, add_connection: Callable[..., str]
) -> None:
    assert offered(client) == examples()
    assert not any(offered(client, add_connection()).values())
    pool = find_example("pool")
    answers = {"kind": "pool", "value": pool, "nickname": "Mine"}
    visitor.press(visitor.open("/connections/sandbox/book"), "book", answers)
    pools = offered(client)["phone_number_pool_id"]
    assert pools[0] == ["pool", pool, "Mine"]
    assert [value for _, value, _ in pools].count(pool) == 1


def examples() -> dict[str, list[list[str]]]:
    """Give what the form offers for a sandbox of which nobody has used anything."""
    return {
        name: [
            list(example)
            for kind in kinds
            for example in sorted(EXAMPLES, key=_name)
            if example.kind == kind
        ]
        for name, kinds in ID_FIELDS.items()
    }


def _name(example: ExampleId) -> str:
    return example.nickname


def test_a_campaign_that_is_created_puts_its_ids_into_the_book(
    visitor: Visitor, client: FlaskClient, saved: Saved
) -> None:
    visitor.press(visitor.open(f"/drafts/{saved()}/review"), "send")

    ids = offered(client)
    assert ids["assistant_id"][0] == ["assistant", "asst_abc123", ""]
    assert ids["phone_number_id"][0] == ["number", "pn_abc123", ""]
    assert ids["tenant_voice_provider_id"][0][0] == "provider"
    assert "asst_abc123" in visitor.open("/connections/sandbox/book").text


def test_a_nickname_stands_beside_its_id_in_the_form_without_a_script(
    visitor: Visitor, client: FlaskClient, saved: Saved
) -> None:
    answers = {"kind": "assistant", "value": "asst_abc123", "nickname": "Front <b>desk</b>"}
    visitor.press(visitor.open("/connections/sandbox/book"), "book", answers)

    page = visitor.open(f"/drafts/{saved()}")
    note = page.soup.select_one("#assistant_id-note .fact")
    assert text(note) == "Front <b>desk</b>, by the address book."
    assert page.soup.select("#assistant_id[aria-describedby~=assistant_id-note]")
    assert page.soup.select("#phone_number_id-note .fact") == []


def test_what_the_sandbox_calls_its_own_ids_is_told_there_alone_and_kept_after_use(
    visitor: Visitor, client: FlaskClient, saved: Saved, add_connection: Callable[..., str]
) -> None:
    draft_id = saved(outbound(assistant_id="asst_demo_front_desk"))
    note = visitor.open(f"/drafts/{draft_id}").soup.select_one("#assistant_id-note .fact")
    assert text(note) == "Front desk, by the sandbox."
    review = visitor.open(f"/drafts/{draft_id}/review")
    assert "assistant: Front desk" in review.text
    visitor.press(review, "send")
    entry = ["assistant", "asst_demo_front_desk", "Front desk"]
    assert offered(client)["assistant_id"][0] == entry

    elsewhere = saved(outbound(assistant_id="asst_demo_front_desk"), connection=add_connection())
    assert visitor.open(f"/drafts/{elsewhere}").soup.select("#assistant_id-note .fact") == []


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, True),
        ({"assistant_id": "asst_other"}, False),
        ({"vapi_calling_entity": "SQUAD"}, False),
        ({"connection": "other"}, False),
    ],
    ids=["that id", "another id", "another kind of id", "another connection"],
)
def test_a_nickname_is_told_while_one_types_for_its_own_id_alone(
    visitor: Visitor,
    client: FlaskClient,
    add_connection: Callable[..., str],
    changes: dict[str, str],
    is_told: bool,
) -> None:
    answers = {"kind": "assistant", "value": "asst_abc123", "nickname": "Front desk bot"}
    visitor.press(visitor.open("/connections/sandbox/book"), "book", answers)
    if "connection" in changes:
        changes = {"connection": add_connection()}
    preview = client.post("/preview", data=typed(outbound()) | changes).text
    assert ("Front desk bot, by the address book." in preview) is is_told


@pytest.mark.parametrize("entity", list(CallingEntity))
def test_the_kind_of_the_id_is_what_answers_the_call(
    visitor: Visitor, client: FlaskClient, saved: Saved, entity: CallingEntity
) -> None:
    draft_id = saved(outbound(vapi_calling_entity=entity))
    visitor.press(visitor.open(f"/drafts/{draft_id}/review"), "send")
    assert offered(client)["assistant_id"][0][0] == entity.lower()


def test_a_nickname_is_given_by_hand_and_stands_on_the_review(
    visitor: Visitor, client: FlaskClient, saved: Saved
) -> None:
    page = visitor.open("/connections/sandbox/book")
    answers = {"kind": "assistant", "value": " asst_abc123 ", "nickname": "Front desk bot"}
    kept = visitor.press(page, "book", answers)

    assert "Front desk bot is in the address book." in kept.flash()
    assert offered(client)["assistant_id"][0] == ["assistant", "asst_abc123", "Front desk bot"]
    assert "assistant: Front desk bot" in visitor.open(f"/drafts/{saved()}/review").text


def test_each_connection_has_a_book_of_its_own(
    visitor: Visitor, client: FlaskClient, add_connection: Callable[..., str]
) -> None:
    key = add_connection()
    answers = {"kind": "pool", "value": "pool_1", "nickname": "All lines"}
    visitor.press(visitor.open(f"/connections/{key}/book"), "book", answers)

    assert offered(client, key)["phone_number_pool_id"] == [["pool", "pool_1", "All lines"]]
    assert offered(client) == examples()


def test_two_ids_of_one_nickname_are_pointed_out(visitor: Visitor) -> None:
    page = visitor.open("/connections/sandbox/book")
    for value in ("asst_1", "asst_2"):
        answers = {"kind": "assistant", "value": value, "nickname": "Front desk"}
        page = visitor.press(page, "book", answers)
    assert "asst_1 is called that, too: tell them apart." in page.flash()
    for number in range(3, 30):
        answers = {"kind": "assistant", "value": f"asst_{number}" * 10, "nickname": "FRONT  desk"}
        page = visitor.press(page, "book", answers)
    assert "and 25 more are called that, too: tell them apart." in page.flash()
    assert len(page.flash()) < 400  # A cookie carries it.
    other_kind = {"kind": "squad", "value": "squad_1", "nickname": "Front desk"}
    assert "apart" not in visitor.press(page, "book", other_kind).flash()


def test_a_long_book_is_searched(
    visitor: Visitor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.screens.book.MOST", 5)
    with store.writing() as session:
        for number in range(12):
            address_book.keep(
                session, SANDBOX, IdKind.ASSISTANT, f"asst_{number}", f"Désk {number}"
            )
    page = visitor.open("/connections/sandbox/book")
    assert len(page.soup.select("tbody tr")) == 5
    assert "and 7 more" in page.text

    last = visitor.open("/connections/sandbox/book", search="desk 11")
    assert [text(row.code) for row in last.soup.select("tbody tr")] == ["asst_11"]
    assert str(last.soup.select("tbody form")[0]["action"]).endswith("book?search=desk+11")
    nothing = visitor.open("/connections/sandbox/book", search="nowhere")
    assert "No id here has these words." in nothing.text


def test_an_entry_is_taken_out_again(visitor: Visitor, client: FlaskClient) -> None:
    answers = {"kind": "squad", "value": "squad_1", "nickname": "Closers"}
    page = visitor.press(visitor.open("/connections/sandbox/book"), "book", answers)
    number = str(page.soup.select_one("button[name=entry]")["value"])  # type: ignore[index]
    visitor.press(page, "forget", entry=number)
    assert offered(client) == examples()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"value": "", "nickname": "A"}, "Paste the id."),
        ({"value": "a", "nickname": " "}, "Enter a nickname."),
    ],
)
def test_what_is_missing_is_asked_for(
    visitor: Visitor, answers: dict[str, str], message: str
) -> None:
    page = visitor.press(visitor.open("/connections/sandbox/book"), "book", answers)
    assert (page.status, message in page.text) == (422, True)


def test_the_form_asks_the_book_for_every_field_that_has_ids(visitor: Visitor) -> None:
    page = visitor.open("/drafts/new")
    asked = {str(field["data-book"]) for field in page.soup.select("[data-book]")}
    assert asked == {
        "assistant_id",
        "tenant_voice_provider_id",
        "phone_number_id",
        "phone_number_pool_id",
    }
    assert all(page.soup.find("datalist", id=f"book-{name}") for name in asked)
