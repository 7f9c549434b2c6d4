"""Save a draft for whoever asks: the one way for what is typed and what is put back."""

from collections.abc import Mapping
from typing import Any

from app.rights import Right
from app.services import store
from app.store import approvals, drafts
from app.store.acceptances import judge
from app.store.audit_trail import name_draft_chain
from app.store.models import Draft
from app.web.access import require
from app.web.visit import name_person


def save_answers(
    draft_id: str,
    answers: Mapping[str, Any],
    *,
    expected_version: int,
    copy_of: str = "",
    **more: int,
) -> Draft:
    """Save answers over a version, as `drafts.save` does.

    A new draft that is a *copy_of* another has the authors of that one as well. Raises
    `NotAllowed` where they go to a connection at which who asks may not edit.
    """
    require(Right.EDIT, str(answers.get("connection", "")))
    judgement = judge(answers)
    with store().writing(name_draft_chain(draft_id)) as session:
        who = name_person()
        draft = drafts.save(
            session, draft_id, judgement, expected_version=expected_version, who=who, **more
        )
        if copy_of and draft.version == 1:
            approvals.copy_editors(session, copy_of, draft_id)
        return draft
