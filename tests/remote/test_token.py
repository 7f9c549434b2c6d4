"""The token goes to the API and nowhere else."""

import json
import logging
import traceback

import pytest

from app.remote.call import LARGEST_ANSWER
from app.remote.client import CampaignApi
from app.remote.connection import Credentials
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
    "an echo as a field": http(422, json.dumps({"errors": {TOKEN: ["No."]}})),
    "an echo as a header": http(500, "", f"X-{TOKEN.upper()}: 1", f"X-Said: {TOKEN}"),
    "an echo that the limit cuts": http(500, "." * (LARGEST_ANSWER - len(TOKEN) + 1) + TOKEN),
    "an echo that breaks off": http(500, f"It is {TOKEN}")[:-1],
    "no answer": b"",
}


def write_everything(error: RemoteError) -> str:
    """Give all that an error says, to a person or to a log."""
    return "\n".join(
        (*traceback.format_exception(error), repr(error), str(error), str(vars(error)))
    )


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_error_repeats_the_token_even_if_the_answer_does(answer: bytes) -> None:
    assert TOKEN[:6].lower() not in write_everything(error_after(answer)).lower()


def test_what_stood_around_the_token_is_still_told() -> None:
    assert error_after(http(401, ECHO)).message == "Bearer [token] is not known."


def test_a_connection_that_fails_does_not_tell_the_token() -> None:
    api = CampaignApi(Credentials("VoiceAIWrapper", f"https://{'a' * 64}", TOKEN))
    with pytest.raises(RemoteError) as raised:
        api.create_campaign(BODY)

    assert TOKEN not in write_everything(raised.value)


@pytest.mark.parametrize(
    "name", ["campaign_id", "campaign_name", "campaign_type", "campaign_status"]
)
def test_a_campaign_does_not_repeat_the_token_even_if_the_answer_does(name: str) -> None:
    answer = http(201, success(**{name: f"of {TOKEN}"}), f"X-{TOKEN}: {TOKEN}")
    with answering(answer) as (address, _came):
        campaign = calling(address).create_campaign(BODY)

    assert getattr(campaign, name) == "of [token]"
    assert TOKEN not in repr(campaign)


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
