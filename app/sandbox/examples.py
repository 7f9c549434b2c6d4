"""Ids of an account that nobody has: what the sandbox offers to make campaigns with.

The vendor writes the type of an id in two forms, with ``Type`` at its end and without, so both
are here (the samples of its reference decode so). An assistant and a phone number are known by
the voice provider's own ids, of any shape.
"""

from typing import NamedTuple

from app.campaign.contract.global_ids import GlobalIdType, write_global_id


class ExampleId(NamedTuple):
    """An id, the kind of thing that it is of, and what that thing is called."""

    kind: str
    value: str
    nickname: str


EXAMPLES = (
    ExampleId("provider", write_global_id(GlobalIdType.PROVIDER, "7001"), "Demo pod, Vapi"),
    ExampleId(
        "provider", write_global_id(f"{GlobalIdType.PROVIDER}Type", "dEm0Pod"), "Demo pod, Retell"
    ),
    ExampleId("assistant", "asst_demo_outreach", "Outreach"),
    ExampleId("assistant", "asst_demo_front_desk", "Front desk"),
    ExampleId("workflow", "wf_demo_booking", "Booking"),
    ExampleId("squad", "squad_demo_sales", "Sales team"),
    ExampleId("number", "pn_demo_new_york", "New York office"),
    ExampleId("number", "pn_demo_denver", "Denver office"),
    ExampleId("pool", write_global_id(GlobalIdType.POOL, "7101"), "East coast"),
    ExampleId("pool", write_global_id(f"{GlobalIdType.POOL}Type", "dEm0West"), "West coast"),
)


def find_example(kind: str) -> str:
    """Find the first example id of a kind."""
    return next(example.value for example in EXAMPLES if example.kind == kind)
