"""Cookies and caches that keep the browser from being used against the person."""

import hashlib

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import Signer

from app.people.sign_in import WITHOUT_ACCOUNT

_FOR_EVER = "public, max-age=31536000, immutable"
_STATIC = frozenset({"static", "style"})


class _Sessions(SecureCookieSessionInterface):
    """Cookies that stay on TLS where the page came over TLS, and on this host alone.

    With the prefix a browser takes the cookie only from this host and over TLS, so neither a
    subdomain nor somebody on the way can put one of theirs in its place (RFC 6265bis, 4.1.3.2).
    """

    digest_method = staticmethod(hashlib.sha256)  # Flask names SHA-1.

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set no cookie on static files: with each new one, cached copies would be useless."""
        if request.endpoint not in _STATIC:
            super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Leave the cookie out of what is the same for everybody, and kept by caches."""
        return request.endpoint not in WITHOUT_ACCOUNT and super().should_set_cookie(app, session)


def is_from_here() -> bool:
    """Tell whether the browser says that a request comes from a page of ours."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def install(app: Flask) -> None:
    """Guard the app's cookies and answers."""
    instance = hashlib.sha256(str(app.secret_key).encode()).hexdigest()[:8]
    app.config.update(
        # Cookies know no port: two instances on one machine would end each other's sessions.
        SESSION_COOKIE_NAME=f"session-{instance}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # A link from a mail must not end the open forms' session.
        WTF_CSRF_TIME_LIMIT=None,  # A form that was open overnight can still be saved.
    )
    app.session_interface = _Sessions()
    # Flask-WTF and Flask-Security leave it to this, which is SHA-1.
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    app.after_request(_guard)


def _guard(response: Response) -> Response:
    if request.endpoint in _STATIC and response.status_code < 400:
        response.headers["Cache-Control"] = _FOR_EVER
    elif "max-age" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "no-store"  # Flask-Security writes what is none.
    if request.endpoint == "security.logout" and request.method == "POST":
        response.headers["Clear-Site-Data"] = '"storage"'  # Copies of drafts are kept there.
    return response
