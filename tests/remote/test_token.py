"""The token goes to the API and nowhere else."""

import logging
import traceback

import pytest

from app.remote.client import CampaignApi
from app.remote.connection import Connection
from app.remote.errors import RemoteError
from tests.remote.wire import BODY, TOKEN, calling, error_after, http, success
from tests.servers import answering

ECHO = f'{{"message": "Bearer {TOKEN} is not known.", "errors": {{"token": "Is {TOKEN}."}}}}'
ANSWERS = {
    "an echo to a wrong token": http(401, ECHO),
    "an echo to a refusal": http(422, ECHO),
    "an echo of a failure": http(500, ECHO),
    "an echo of no campaign": http(200, ECHO),
    "a page of a proxy": http(502, f"<pre>Authorization: Bearer {TOKEN}</pre>"),
    "no answer": b"",
}


def told(error: RemoteError) -> str:
    """Give all that an error says, to a person or to a log."""
    return "\n".join(
        (*traceback.format_exception(error), repr(error), str(error), str(vars(error)))
    )


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_error_repeats_the_token_even_if_the_answer_does(answer: bytes) -> None:
    assert TOKEN not in told(error_after(answer))


def test_what_stood_around_the_token_is_still_told() -> None:
    assert error_after(http(401, ECHO)).message == "Bearer [token] is not known."


def test_a_connection_that_fails_does_not_tell_the_token() -> None:
    api = CampaignApi(Connection("VoiceAIWrapper", f"https://{'a' * 64}", TOKEN))
    with pytest.raises(RemoteError) as raised:
        api.create_campaign(BODY)

    assert TOKEN not in told(raised.value)


@pytest.mark.parametrize("answer", [http(201, success()), *ANSWERS.values()])
def test_no_log_has_the_token(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with answering(answer) as (address, _came):
        try:
            calling(address).create_campaign(BODY)
        except RemoteError:
            logging.getLogger(__name__).exception("It failed.")

    assert caplog.text
    assert TOKEN not in caplog.text
