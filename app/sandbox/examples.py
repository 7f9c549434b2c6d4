"""Ids of an account that nobody has: what the sandbox offers to make campaigns with.

The vendor writes the type of an id in two forms, with ``Type`` at its end and without, so both
are here (the samples of its reference decode so). An assistant and a phone number are known by
the voice provider's own ids, of any shape.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple


class ExampleId(NamedTuple):
    """An id, the kind of thing that it is of, and what that thing is called."""

    kind: str
    value: str
    nickname: str


def _encode(kind: str, key: str) -> str:
    """Write a Global ID: the base64 of ``Type:key``."""
    return b64encode(f"{kind}:{key}".encode()).decode()


EXAMPLES = (
    ExampleId("provider", _encode("TenantVoiceProvider", "7001"), "Demo pod, Vapi"),
    ExampleId("provider", _encode("TenantVoiceProviderType", "dEm0Pod"), "Demo pod, Retell"),
    ExampleId("assistant", "asst_demo_outreach", "Outreach"),
    ExampleId("assistant", "asst_demo_front_desk", "Front desk"),
    ExampleId("workflow", "wf_demo_booking", "Booking"),
    ExampleId("squad", "squad_demo_sales", "Sales team"),
    ExampleId("number", "pn_demo_new_york", "New York office"),
    ExampleId("number", "pn_demo_denver", "Denver office"),
    ExampleId("pool", _encode("VoicePhoneNumberPool", "7101"), "East coast"),
    ExampleId("pool", _encode("VoicePhoneNumberPoolType", "dEm0West"), "West coast"),
)

KINDS: Mapping[str, tuple[str, ...]] = {
    "assistant_id": ("assistant", "workflow", "squad"),
    "tenant_voice_provider_id": ("provider",),
    "phone_number_id": ("number",),
    "phone_number_pool_id": ("pool",),
}
"""Which kinds of id each field of a campaign takes."""


def find_example(kind: str) -> str:
    """Find the first example id of a kind."""
    return next(example.value for example in EXAMPLES if example.kind == kind)
