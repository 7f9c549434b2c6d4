"""An API that answers as a test wants, in place of the one on the network."""

from app.remote.answers import Created
from app.remote.connection import Credentials
from app.remote.errors import NotSent, Refused, RemoteError, Unclear
from app.store.base import State

LIVE = Credentials("VoiceAIWrapper", "https://api.example", "token-of-a-customer")


class FakeApi:
    """Gives the next of these answers to each call, and remembers what it was asked."""

    def __init__(self, *answers: Created | Exception, connection: Credentials = LIVE) -> None:
        self.connection = connection
        self.deadline = 30.0
        self.asked: list[bytes] = []
        self._answers = list(answers)

    def create_campaign(self, body: bytes) -> Created:
        self.asked.append(body)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


_ANSWER = '{"status":"success","data":{"campaign_id":"Q2FtcGFpZ246MQ=="}}'
ANSWERS: dict[State, Created | RemoteError] = {
    State.CREATED: Created("Q2FtcGFpZ246MQ==", "Q4 Outreach", "OUTBOUND", "DRAFT", 201, _ANSWER),
    State.REFUSED: Refused(
        "It said no.", status=400, answer="{}", errors={"assistant_id": ["No such assistant."]}
    ),
    State.UNSENT: NotSent("The connection was refused."),
    State.UNKNOWN: Unclear("The answer did not come."),
}
"""An answer for each state that is an end."""
