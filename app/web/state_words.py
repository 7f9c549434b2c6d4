"""What the states of a submission are called on the screen."""

from app.store.base import State

STATE_WORDS: dict[State | None, str] = {
    None: "Not sent",
    State.QUEUED: "Waiting to be sent",
    State.SENDING: "Sending",
    State.CREATED: "Created",
    State.REFUSED: "Refused",
    State.UNSENT: "Not created",
    State.UNKNOWN: "Unknown: look first",
}
