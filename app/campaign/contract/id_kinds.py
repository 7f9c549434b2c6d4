"""The ids in a campaign: which fields hold one, and of what kind of thing each is."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from app.campaign.contract.fields import CallingEntity


class IdKind(StrEnum):
    """What an id is of."""

    ASSISTANT = "assistant"
    WORKFLOW = "workflow"
    SQUAD = "squad"
    PROVIDER = "provider"
    NUMBER = "number"
    POOL = "pool"


ID_FIELDS: Mapping[str, tuple[IdKind, ...]] = {
    "assistant_id": (IdKind.ASSISTANT, IdKind.WORKFLOW, IdKind.SQUAD),
    "tenant_voice_provider_id": (IdKind.PROVIDER,),
    "phone_number_id": (IdKind.NUMBER,),
    "phone_number_pool_id": (IdKind.POOL,),
}
"""Which kinds of id each field takes; of several, `vapi_calling_entity` says which it is."""

_OF_ENTITY: Mapping[str | None, IdKind] = {
    CallingEntity.WORKFLOW: IdKind.WORKFLOW,
    CallingEntity.SQUAD: IdKind.SQUAD,
}


def iterate_id_fields(payload: Mapping[str, Any]) -> Iterator[tuple[str, IdKind, str]]:
    """Yield the fields of a campaign's payload that hold ids, each with its kind and the id."""
    for field, kinds in ID_FIELDS.items():
        if value := payload.get(field):
            kind = kinds[0]
            if len(kinds) > 1:
                kind = _OF_ENTITY.get(payload.get("vapi_calling_entity"), kind)
            yield field, kind, str(value)
