"""Reach a WSGI application through ``requests`` without a socket.

The sandbox lives in this very process. Calling it over HTTP would make a server with
one free thread wait for itself; mounting this adapter does not.
"""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class WsgiAdapter(HTTPAdapter):
    """An adapter of `requests` whose server is an application in this process."""

    def __init__(self, application: "WSGIApplication") -> None:
        super().__init__()
        self._client = Client(application, use_cookies=False)

    def send(self, request: PreparedRequest, *_args: Any, **_options: Any) -> Response:
        """Call the application with this request, and answer as a server would."""
        body: Any = request.body
        sent = body.read() if hasattr(body, "read") else body
        headers = [
            (name, value) for name, value in request.headers.items() if name != "Content-Length"
        ]
        with self._client.open(
            request.path_url,
            base_url=(request.url or "").removesuffix(request.path_url),
            method=request.method or "GET",
            headers=headers,
            data=sent,
        ) as answer:
            raw = HTTPResponse(
                body=BytesIO(answer.get_data()),
                headers=dict(answer.headers.to_wsgi_list()),
                status=answer.status_code,
                reason=answer.status.partition(" ")[2],
                preload_content=False,
            )
        return self.build_response(request, raw)
