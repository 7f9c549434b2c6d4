"""A provider of sign-in that runs here: the server parts of Authlib, over HTTP, offline.

It holds a client to what it has to hold it to (its secret, the address that it registered, PKCE,
codes that count once), and can be told to give answers that no honest provider gives.

No package fits: oidc-provider-mock looks at no PKCE and says nothing of when somebody signed in.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from time import time
from typing import Any

from authlib.common.encoding import json_b64encode, urlsafe_b64encode
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from authlib.oidc.core.grants.util import create_half_hash
from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.provider_settings import GroupRole, ProviderSettings
from tests.servers import serving

CLIENT, SECRET = "campaigns", "a secret of this test"

Claims = Mapping[str, Any]


@cache
def draw_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@dataclass
class FakeProvider:
    """What a provider knows, and what it does otherwise than it should.

    *change* has the claims of a token before it is signed by *key*; *sign* takes the place of that.
    """

    issuer: str = ""
    back: str = "http://localhost/sign-in/provider/back"
    person: dict[str, Any] = field(default_factory=dict)
    signed_in_at: float = 0.0
    asks_anew: bool = True
    change: Callable[[dict[str, Any]], Claims] = dict
    key: str = "one"
    published: tuple[str, ...] = ("one",)
    sign: Callable[[Claims], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)
    codes: dict[str, "_Code"] = field(default_factory=dict)

    def make_settings(self, **changes: Any) -> ProviderSettings:
        """Give the settings of an app that knows this provider."""
        roles = changes.pop("roles", ())
        return ProviderSettings(
            issuer=self.issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            button="Sign in at work",
            roles=tuple(GroupRole(*entry) for entry in roles),
            **changes,
        )

    def note_visit(self, asked: Mapping[str, str]) -> None:
        """Let a person come to the page of the sign-in, and sign in if they have to."""
        self.asked.append(dict(asked))
        has_to = "login" in asked.get("prompt", "") or asked.get("max_age") == "0"
        if not self.signed_in_at or (has_to and self.asks_anew):
            self.signed_in_at = time()


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """Run a provider on a free port until the block ends."""
    provider = FakeProvider()
    with serving(_make_application(provider)) as address:
        provider.issuer = address.url
        yield provider


@dataclass(frozen=True)
class _Client(ClientMixin):
    back: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code(AuthorizationCodeMixin):
    code: str
    person: Claims
    asked: Mapping[str, str]
    auth_time: int

    code_challenge = property(lambda self: self.asked.get("code_challenge"))
    code_challenge_method = property(lambda self: self.asked.get("code_challenge_method"))

    def get_redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    def get_scope(self) -> str:
        return self.asked["scope"]

    def get_nonce(self) -> str:
        return self.asked.get("nonce", "")

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


def _make_grants(provider: FakeProvider) -> tuple[type[AuthorizationCodeGrant], list[Any]]:
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, asked: Any) -> None:
            provider.nonces.append(request.args["nonce"])
            provider.codes[code] = _Code(
                code, asked.user, request.args.to_dict(), int(provider.signed_in_at)
            )

        def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: _Code) -> Claims:
            return authorization_code.person

    class IdTokens(OpenIDCode):
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return nonce in provider.nonces

        def get_client_claims(self, client: _Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": [CLIENT]}

        def encode_id_token(self, token: Claims, asked: Any) -> str:
            claims = self.get_compatible_claims(asked)
            claims |= self.get_authorization_code_claims(asked.authorization_code)
            claims["at_hash"] = create_half_hash(token["access_token"], "RS256").decode()
            claims = dict(provider.change(claims | dict(asked.user)))
            if provider.sign:
                return provider.sign(claims)
            header = {"alg": "RS256", "kid": provider.key}
            return jwt.encode(header, claims, draw_key(provider.key))

    return Grant, [CodeChallenge(required=True), IdTokens(require_nonce=True)]


def _make_application(provider: FakeProvider) -> Flask:
    app = Flask(__name__)
    server = AuthorizationServer(
        app, query_client=lambda _id: _Client(provider.back), save_token=lambda *_: None
    )
    server.register_grant(*_make_grants(provider))

    @app.before_request
    def fail() -> ResponseReturnValue | None:
        name = request.path.rpartition("/")[2]
        if name in provider.status:
            return provider.text.get(name, "out of order"), provider.status[name]
        return None

    @app.get("/.well-known/openid-configuration")
    def describe() -> ResponseReturnValue:
        return jsonify(
            {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "userinfo_endpoint": f"{provider.issuer}/user",
                "jwks_uri": f"{provider.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            }
            | provider.metadata
        )

    @app.get("/keys")
    def publish() -> ResponseReturnValue:
        return jsonify(keys=[draw_key(name).as_dict(private=False) for name in provider.published])

    @app.get("/authorize")
    def authorize() -> ResponseReturnValue:
        provider.note_visit(request.args.to_dict())
        grant = server.get_consent_grant(end_user=provider.person)
        if provider.answer:
            answer = {"state": request.args["state"]} | provider.answer
            query = "&".join(f"{name}={value}" for name, value in answer.items())
            return redirect(f"{provider.back}?{query}")
        answered: ResponseReturnValue = server.create_authorization_response(
            grant=grant, grant_user=provider.person
        )
        return answered

    @app.post("/token")
    def redeem() -> ResponseReturnValue:
        answered: ResponseReturnValue = server.create_token_response()
        return answered

    @app.get("/user")
    def tell_more() -> ResponseReturnValue:
        return jsonify(provider.user_info or {"sub": provider.person["sub"]})

    return app


def leave_unsigned(claims: Claims) -> str:
    """Write a token that says that it needs no signature."""
    return f"{_encode({'alg': 'none'})}.{_encode(claims)}."


def sign_by_secret(secret: bytes) -> Callable[[Claims], str]:
    """Sign tokens by what is no key of the provider's alone."""

    def sign(claims: Claims) -> str:
        signed = f"{_encode({'alg': 'HS256', 'kid': 'one'})}.{_encode(claims)}"
        signature = hmac.digest(secret, signed.encode(), "sha256")
        return f"{signed}.{urlsafe_b64encode(signature).decode()}"

    return sign


def sign_by_public_key(claims: Claims) -> str:
    """Sign a token by what everybody knows, as if it were a secret."""
    return sign_by_secret(draw_key("one").as_pem(private=False))(claims)


def sign_by_another_key(claims: Claims) -> str:
    """Sign a token by a key that is called as the provider's is."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), draw_key("two"))


def _encode(part: Claims) -> str:
    encoded: str = json_b64encode(part).decode()
    return encoded
