"""The same request for other tools: as a ``curl`` command, and as Python with ``requests``.

The token never stands in them; both take it from the environment.
"""

import shlex

from app.campaign.contract.payload import Payload

_CURL = """curl --globoff --request POST {url} \\
  --header "Authorization: Bearer $VOICEAIWRAPPER_TOKEN" \\
  --header 'Content-Type: application/json' \\
  --data-binary {body}"""

_PYTHON = """import os

import requests

campaign = {{
{lines}
}}

response = requests.post(
    {url!r},
    json=campaign,
    headers={{"Authorization": f"Bearer {{os.environ['VOICEAIWRAPPER_TOKEN']}}"}},
    timeout=30,
    allow_redirects=False,
)
print(response.status_code, response.text)"""


def write_curl(url: str, body: bytes) -> str:
    """Write the request as one shell command that sends these very bytes."""
    return _CURL.format(url=shlex.quote(url), body=shlex.quote(body.decode()))


def write_python(url: str, document: Payload) -> str:
    """Write the request as a Python program that sends the same JSON."""
    lines = "\n".join(f"    {name!r}: {_drop_enum(value)!r}," for name, value in document.items())
    return _PYTHON.format(url=url, lines=lines)


def _drop_enum(value: object) -> object:
    """Drop the enum from a text, which would be shown by `repr`."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return str(value) if isinstance(value, str) else value
