"""Reach a WSGI application through ``requests`` without a socket.

The sandbox lives in this very process. Calling it over HTTP would make a server with
one free thread wait for itself; mounting this adapter does not. To its caller it is as
slow, and fails in the same ways, as a server on the other side of a network.
"""

from concurrent.futures import Future
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

import requests
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from waitress.channel import ClientDisconnected
from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class WsgiAdapter(HTTPAdapter):
    """An adapter of `requests` whose server is an application in this process."""

    def __init__(self, application: "WSGIApplication") -> None:
        super().__init__()
        self._client = Client(application, use_cookies=False)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        *_args: Any,
        **_options: Any,
    ) -> Response:
        """Call the application with this request, and answer as a server would."""
        answer: Future[HTTPResponse] = Future()
        try:
            Thread(target=self._serve, args=(request, answer), daemon=True).start()
        except RuntimeError as error:  # No thread is to be had.
            raise requests.ConnectionError(request=request) from error
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        try:
            return self.build_response(request, answer.result(patience))
        except TimeoutError as error:
            raise requests.ReadTimeout(request=request) from error
        except ClientDisconnected as error:
            raise requests.ConnectionError(request=request) from error

    def _serve(self, request: PreparedRequest, answer: "Future[HTTPResponse]") -> None:
        try:
            answer.set_result(self._answer(request))
        except Exception as error:  # noqa: BLE001  It is raised again where it is waited for.
            answer.set_exception(error)

    def _answer(self, request: PreparedRequest) -> HTTPResponse:
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
            return HTTPResponse(
                body=BytesIO(answer.get_data()),
                headers=dict(answer.headers.to_wsgi_list()),
                status=answer.status_code,
                reason=answer.status.partition(" ")[2],
                preload_content=False,
                request_method=request.method,
            )
