"""What a person says of a campaign on the review page: reasons, duties, and what is true of all."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.campaign.compliance.acceptance import EXEMPTIONS, Accepted, DutyAnswer, build_exemption_key
from app.campaign.compliance.rulebook import load_rulebook
from app.campaign.contract.typed_length import LONGEST_TEXT
from app.rights import Right
from app.services import store
from app.store import drafts
from app.store.acceptances import (
    Judgement,
    Reason,
    accept,
    confirm,
    judge,
    read_accepted,
    stamp_statements,
    take_back,
)
from app.store.audit_trail import name_draft_chain
from app.store.models import Draft
from app.web.access import may, needs
from app.web.conflict_words import DRAFT_CHANGED
from app.web.panel.rules_part import Trouble
from app.web.review_page import SEND_FIELDS, Press, Reply, draw_review, read_typed_by_rule
from app.web.row_numbers import read_number
from app.web.sender_words import NO_NAME
from app.web.visit import name_person, remember_who

bp = Blueprint("answers", __name__)

_ACCEPT, _TAKE_BACK, _KEEP = "Accept", "Take back", "Keep these answers"
_NEW_ANSWER = "Somebody has answered or accepted something since you opened this page. Look again."
_NOT_YOURS = "This lifts rules: somebody who may accept what breaks one has to say it."
_OF_ALL = frozenset(map(build_exemption_key, EXEMPTIONS))


@bp.post("/drafts/<draft:draft_id>/accept")
@needs(Right.ACCEPT)
def keep_reason(draft_id: str) -> ResponseReturnValue:
    """Accept findings of the draft as it was seen, or open them again, with a written reason."""
    opens = "open_again" in request.form
    rules = request.form.get("open_again" if opens else "rules", "").split()
    first, reasons = rules[0] if rules else "", read_typed_by_rule("reason-")
    reason = reasons.get(first, "")
    if refusal := _find_change(draft_id):
        return draw_review(
            draft_id, Reply(message=refusal, trouble=Trouble(first, refusal, reasons))
        )
    if fault := _find_fault(reason, "this is open again" if opens else "this is fine"):
        return draw_review(draft_id, Reply(trouble=Trouble(first, fault, reasons)))
    if not name_person():
        name, words = ("open_again", _TAKE_BACK) if opens else ("rules", _ACCEPT)
        again = Press(_name_press(words, first), "answers.keep_reason", name, " ".join(rules))
        trouble = Trouble("", "", reasons)
        return draw_review(draft_id, Reply(trouble=trouble, wrong={"who": NO_NAME}, again=again))

    def act(session: Session, draft: Draft, judgement: Judgement) -> bool:
        do = take_back if opens else accept
        return do(session, draft, judgement, Reason(rules, reason, name_person()))

    if not _apply_if_unchanged(draft_id, act):
        return draw_review(
            draft_id, Reply(message=DRAFT_CHANGED, trouble=Trouble(first, DRAFT_CHANGED, reasons))
        )
    done = "It is open again." if opens else "Accepted, and the reason is kept with the draft."
    others = {rule: text for rule, text in reasons.items() if rule != first}
    return _show_done(draft_id, done, others, "m-rules")


@bp.post("/drafts/<draft:draft_id>/confirm")
@needs(Right.EDIT, Right.SEND, Right.ACCEPT)
def confirm_duties(draft_id: str) -> ResponseReturnValue:
    """Keep what is answered of duties and of all leads; what is left open stays open."""
    answers, wrong = _read_answers()
    if refusal := _find_change(draft_id):
        return draw_review(draft_id, Reply(message=refusal))
    if not answers and not wrong:
        return draw_review(draft_id, Reply(message="Answer a question first: nothing is kept."))
    wrong |= dict.fromkeys(_list_lifting(draft_id, answers), _NOT_YOURS)
    if wrong:
        return draw_review(draft_id, Reply(message="An answer needs a change.", wrong=wrong))
    if not name_person():
        again = Press(_KEEP, "answers.confirm_duties")
        return draw_review(draft_id, Reply(wrong={"who": NO_NAME}, again=again))

    def act(session: Session, draft: Draft, judgement: Judgement) -> bool:
        return confirm(session, draft, judgement, answers, who=name_person())

    if not _apply_if_unchanged(draft_id, act):
        return draw_review(draft_id, Reply(message=DRAFT_CHANGED))
    done = "Your answers are kept with the draft."
    return _show_done(draft_id, done, read_typed_by_rule("reason-"), "duties")


def _name_press(words: str, rule_id: str) -> str:
    """Name what a press is about, where the finding itself is far away."""
    titles = {rule.id: rule.title for rule in load_rulebook().rules}
    return f"{words}: {titles[rule_id]}" if rule_id in titles else words


def _list_lifting(draft_id: str, answers: Mapping[str, tuple[DutyAnswer, str]]) -> list[str]:
    """List the new answers that lift rules, if whoever gives them may not accept a broken one."""
    with store().reading() as session:
        draft = drafts.find(session, draft_id)
        kept = read_accepted(draft)
    if may(Right.ACCEPT, draft.connection_key):
        return []
    return [
        key
        for key, (answer, reason) in answers.items()
        if key in _OF_ALL
        and answer is DutyAnswer.YES
        and (key not in kept or (kept[key].answer, kept[key].reason) != (answer, reason))
    ]


def _read_answers() -> tuple[dict[str, tuple[DutyAnswer, str]], dict[str, str]]:
    """Read the answers by what is asked, and what has to be changed of them."""
    reasons = read_typed_by_rule("because-")
    answers = _read_chosen(reasons)
    wrong = {key: "Choose an answer as well." for key in reasons if key not in answers}
    for key, (answer, reason) in answers.items():
        is_of_all = key in _OF_ALL and answer is DutyAnswer.YES
        if reason or is_of_all or answer is DutyAnswer.NOT_NEEDED:
            what = "how this is known" if is_of_all else "why it is not needed"
            if fault := _find_fault(reason, what, ""):
                wrong[key] = fault
    return answers, wrong


def _read_chosen(reasons: Mapping[str, str]) -> dict[str, tuple[DutyAnswer, str]]:
    return {
        key: (DutyAnswer(answer), reasons.get(key, ""))
        for key, answer in read_typed_by_rule("answer-").items()
        if answer in set(DutyAnswer)
    }


def _find_fault(reason: str, what: str, why: str = "why ") -> str:
    if not reason:
        return f"Write down {why}{what}."
    return f"Shorten this to {LONGEST_TEXT:,} characters." if len(reason) > LONGEST_TEXT else ""


def _find_change(draft_id: str) -> str:
    """Say what has changed since the page was drawn on which this was pressed."""
    with store().reading() as session:
        return _find_difference(drafts.find(session, draft_id))


def _find_difference(draft: Draft) -> str:
    if draft.version != request.form.get("version", type=read_number):
        return DRAFT_CHANGED
    return _NEW_ANSWER if stamp_statements(draft) != request.form.get("said") else ""


def _apply_if_unchanged(draft_id: str, act: Callable[[Session, Draft, Judgement], bool]) -> bool:
    """Do this to the draft as it was seen; tells whether it was done."""
    with store().reading() as session:
        answers = dict(drafts.find(session, draft_id).answers)
    judgement = judge(answers)  # It can take long, and nobody else waits meanwhile.
    with store().writing(name_draft_chain(draft_id)) as session:
        draft = drafts.find(session, draft_id)
        if draft.is_locked or draft.deleted_at or _find_difference(draft):
            return False
        return act(session, draft, judgement)


def _show_done(
    draft_id: str, done: str, reasons: Mapping[str, str], anchor: str
) -> ResponseReturnValue:
    """Show the page anew; if more is typed there than what is kept now, with all of that."""
    with store().reading() as session:
        statements = read_accepted(drafts.find(session, draft_id))
    if reasons or any(map(request.form.get, SEND_FIELDS)) or _is_more_answered(statements):
        trouble = Trouble("", "", reasons)
        page = draw_review(draft_id, Reply(done=done, trouble=trouble))
        return remember_who(make_response(page))
    flash(done)
    return remember_who(redirect(url_for("review.show", draft_id=draft_id, _anchor=anchor)))


def _is_more_answered(statements: Accepted) -> bool:
    """Tell whether answers or their reasons were typed that are not kept."""
    reasons = read_typed_by_rule("because-")
    kept = {key: (statement.answer, statement.reason) for key, statement in statements.items()}
    chosen = _read_chosen(reasons)
    return any(kept.get(key) != answer for key, answer in chosen.items()) or any(
        key not in chosen for key in reasons
    )
