"""Talking to a provider of sign-in (OpenID Connect Core, the code flow, with PKCE).

What is trusted is the issuer that the settings name, and what its key has signed: that a token is
of this issuer, for us, of this attempt and of now is checked by Authlib, whose own choices leave
some of it out, so all of it is asked for here. What the provider says of itself is held to the
issuer as well, so that nobody else's keys are taken for its own.

Nobody who comes by a provider is asked for a second step of ours: the provider knows how its
people prove who they are, asks for as many steps as their organisation wants, and would only be
doubled by us.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from secrets import compare_digest, token_urlsafe
from threading import BoundedSemaphore
from time import monotonic, time
from typing import Any, NamedTuple, Self

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError

from app.provider_settings import ProviderSettings
from app.remote.addresses import AllowedHosts
from app.remote.call import Broken, Call
from app.version import VERSION

SECONDS = 10.0
"""What each question to a provider may take."""

WITHIN = 30 * 60
"""Seconds in which somebody comes back from the provider."""

_AT_ONCE, _PATIENCE = 3, 2
"""How many ask a provider at once, and for how many seconds others wait for their turn.

One that hangs must not take all threads of the server, which serve whoever is signed in.
"""

CLOCK_TOLERANCE = 60
"""Seconds by which the provider's clock may differ from ours."""

_DISCOVERED_FOR = 60 * 60
"""Seconds for which it is remembered what a provider says of itself, and its keys."""

_DISCOVERY = "/.well-known/openid-configuration"
_SCOPE = "openid email profile"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has: neither `none` nor the secret that we share."""

_LONGEST_QUOTE = 200
_LAST_MOMENT = 253_402_214_400  # The last day of the year 9999.
_LONGEST_SUBJECT = 255  # OpenID Connect Core, 2.


class SignInFailed(Exception):
    """Nobody was signed in; the message is a sentence for who tried, *reason* is for the log."""

    sentence = ""

    def __init__(self, reason: str) -> None:
        super().__init__(self.sentence)
        self.reason = reason


class NotBegun(SignInFailed):
    """What came back is not of an attempt that this browser has begun."""

    sentence = "That sign-in was not begun in this browser, or is over. Begin it again."


class Unreachable(SignInFailed):
    """The provider does not answer."""

    sentence = "The sign-in provider cannot be reached just now. Try again in a moment."


class Declined(SignInFailed):
    """The provider, or who sat before it, said no."""

    sentence = "The sign-in provider did not let you in. Try again, or ask those who look after it."


class Unbelievable(SignInFailed):
    """What the provider answered is not what it has to be."""

    sentence = "The sign-in provider gave an answer that cannot be trusted. Tell an administrator."


class Attempt(NamedTuple):
    """A sign-in under way, as the browser's session keeps it; *began_at* is in seconds (Unix)."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    began_at: float

    @classmethod
    def begin(cls, redirect_uri: str) -> Self:
        return cls(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48), redirect_uri, time())

    def is_of(self, state: str) -> bool:
        """Tell whether an answer with this state belongs to it."""
        return compare_digest(self.state.encode(), state.encode())


class Proof(NamedTuple):
    """Who somebody is, as a provider has just proved.

    *email* is empty unless it was verified; *proved_at* (Unix) is when they last proved who they
    are there, and 0 if the provider does not say.
    """

    issuer: str
    subject: str
    email: str
    name: str
    groups: frozenset[str]
    proved_at: float


class Provider:
    """The one provider of the settings.

    Besides public addresses it may be at its own host, and at *allowed* hosts and networks.
    """

    def __init__(self, settings: ProviderSettings, allowed: Iterable[str] = ()) -> None:
        self.settings = settings
        self._allowed = AllowedHosts.of((*allowed, settings.host))
        if settings.is_on_this_machine:
            self._allowed = self._allowed.add_this_machine()
        self._discovery: _Discovery | None = None
        self._lines = BoundedSemaphore(_AT_ONCE)

    def begin(self, redirect_uri: str, *, anew: bool) -> tuple[str, Attempt]:
        """Begin an attempt, and give the address to which it leads; raises `SignInFailed`.

        *anew* asks who is signed in there already to prove who they are.
        """
        attempt = Attempt.begin(redirect_uri)
        address: str = prepare_grant_uri(
            self._discover().metadata["authorization_endpoint"],
            self.settings.client_id,
            "code",
            redirect_uri,
            _SCOPE,
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            **({"prompt": "login", "max_age": "0"} if anew else {}),
        )
        return address, attempt

    def finish(self, attempt: Attempt | None, answer: Mapping[str, str]) -> Proof:
        """Take the *answer* with which somebody came back; raises `SignInFailed`.

        An attempt must be given once only.
        """
        if attempt is None or not attempt.is_of(answer.get("state", "")):
            raise NotBegun("the state is another one, or was used")
        if time() - attempt.began_at > WITHIN:
            raise NotBegun("it took too long")
        try:
            return self._prove(attempt, answer)
        except Unbelievable:
            self._discovery = None  # What it said of itself, or of its keys, may be what is wrong.
            raise

    def _prove(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof:
        discovery = self._discover()
        self._check_sender(discovery.metadata, answer)
        if "code" not in answer:
            raise Declined(f"it said {_quote(answer.get('error'))}")
        tokens = self._redeem(discovery.metadata, attempt, answer["code"])
        claims = discovery.read_id_token(tokens, attempt.nonce)
        return self._read_claims(claims, self._find_more(discovery.metadata, tokens, claims))

    def _check_sender(self, metadata: Mapping[str, Any], answer: Mapping[str, str]) -> None:
        """Check who an answer is from, where that is said (RFC 9207)."""
        is_always_said = metadata.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", "" if is_always_said else self.settings.issuer) != (
            self.settings.issuer
        ):
            raise Unbelievable("the answer is from another issuer")

    def _redeem(
        self, metadata: Mapping[str, Any], attempt: Attempt, code: str
    ) -> Mapping[str, Any]:
        """Give a code back for tokens."""
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=attempt.redirect_uri,
            code=code,
            code_verifier=attempt.verifier,
        )
        methods = metadata.get("token_endpoint_auth_methods_supported")
        is_basic = not isinstance(methods, list) or "client_secret_basic" in methods
        method = "client_secret_basic" if is_basic else "client_secret_post"
        auth = ClientAuth(self.settings.client_id, self.settings.client_secret, method)
        url, headers, body = auth.prepare(
            "POST",
            metadata["token_endpoint"],
            {"Content-Type": "application/x-www-form-urlencoded"},
            body,
        )
        tokens = self._ask(Call("POST", url, body.encode(), headers))
        if not isinstance(tokens.get("id_token"), str):
            raise Unbelievable("it gave no token")
        return tokens

    def _find_more(
        self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Ask for what a token leaves out; the answer has to be about the same subject (5.3.2)."""
        needed = {"email", self.settings.groups_claim} if self.settings.roles else {"email"}
        address, token = metadata.get("userinfo_endpoint"), tokens.get("access_token")
        if needed <= claims.keys() or not address or not isinstance(token, str):
            return {}
        more = self._ask(Call("GET", address, headers={"Authorization": f"Bearer {token}"}))
        if more.get("sub") != claims["sub"]:
            raise Unbelievable("it told of another subject")
        return more

    def _read_claims(self, claims: Mapping[str, Any], more: Mapping[str, Any]) -> Proof:
        known = {**more, **claims}
        subject = known["sub"]
        if not (isinstance(subject, str) and subject.isascii() and subject.isprintable()):
            raise Unbelievable("the subject is not ASCII")
        if not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise Unbelievable("the subject is empty, or too long")
        # Both from one place: what is verified is the address that stands beside it.
        source = claims if "email" in claims else more
        is_verified = source.get("email_verified") is True
        email, name = source.get("email"), known.get("name")
        return Proof(
            self.settings.issuer,
            subject,
            email if is_verified and isinstance(email, str) else "",
            name if isinstance(name, str) else "",
            frozenset(_read_groups(known.get(self.settings.groups_claim))),
            _read_moment(claims.get("auth_time")),
        )

    def _discover(self) -> "_Discovery":
        """Learn what the provider says of itself (OpenID Connect Discovery, 4)."""
        known = self._discovery
        if known is None or monotonic() - known.read_at > _DISCOVERED_FOR:
            address = self.settings.issuer.rstrip("/") + _DISCOVERY
            metadata = self._ask(Call("GET", address))
            self._check_metadata(metadata)
            known = self._discovery = _Discovery(self, metadata)
        return known

    def _check_metadata(self, metadata: Mapping[str, Any]) -> None:
        if metadata.get("issuer") != self.settings.issuer:
            raise Unbelievable(f"it calls itself {_quote(metadata.get('issuer'))}")
        schemes = ("https://", "http://") if self.settings.is_on_this_machine else ("https://",)
        addresses = {name: metadata.get(name) for name in _ENDPOINTS}
        if metadata.get("userinfo_endpoint"):
            addresses["userinfo_endpoint"] = metadata["userinfo_endpoint"]
        for name, address in addresses.items():
            if not (isinstance(address, str) and address.startswith(schemes)):
                raise Unbelievable(f"its {name} is {_quote(address)}")
            if not address.isascii() or not address.isprintable() or " " in address:
                raise Unbelievable(f"its {name} is {_quote(address)}")

    def ask(self, address: str) -> Mapping[str, Any]:
        """Read an object of JSON; raises `SignInFailed`."""
        return self._ask(Call("GET", address))

    def _ask(self, call: Call) -> Mapping[str, Any]:
        call.headers = {
            **call.headers,
            "Accept": "application/json",
            "User-Agent": f"CampaignBuilder/{VERSION}",
            "Connection": "close",
        }
        if not self._lines.acquire(timeout=_PATIENCE):
            raise Unreachable(f"{_AT_ONCE} others wait for it already")
        try:
            call.make({}, SECONDS, self._allowed)
        except Broken as error:
            raise Unreachable(f"{call.url} gave no whole answer") from error
        finally:
            self._lines.release()
        try:
            answer = json.loads(call.answer)
        except (ValueError, RecursionError):
            answer = None
        status = call.status or 0
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unreachable(f"{call.url} answered {status}")
        if not isinstance(answer, dict):
            raise Unbelievable(f"{call.url} answered {status}, and no object of JSON")
        if status != HTTPStatus.OK:
            raise Declined(f"{call.url} answered {status}, {_quote(answer.get('error'))}")
        return answer


class _Discovery(OpenIDMixin):
    """What a provider says of itself, and the keys by which it signs."""

    def __init__(self, provider: Provider, metadata: Mapping[str, Any]) -> None:
        self.client_id = provider.settings.client_id  # By this name Authlib asks for it.
        self.metadata = metadata
        self.read_at = monotonic()
        self._provider = provider
        self._keys: Mapping[str, Any] | None = None

    def read_id_token(self, tokens: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """Read who somebody is from the token that was signed; raises `SignInFailed`."""
        issuer = self._provider.settings.issuer
        required = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": self.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            claims: Mapping[str, Any] = self.parse_id_token(
                tokens, nonce=nonce, claims_options=required, leeway=CLOCK_TOLERANCE
            )
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            # What is no key, or no token, fails in them in all of these ways.
            raise Unbelievable(f"its token is not right: {type(error).__name__} {error}") from error
        return claims

    def load_server_metadata(self) -> Mapping[str, Any]:
        """Give Authlib the algorithms of which a signature may be; a provider may offer worse."""
        offered = self.metadata.get("id_token_signing_alg_values_supported")
        listed = offered if isinstance(offered, list) else ["RS256"]
        return {"id_token_signing_alg_values_supported": [a for a in _ALGORITHMS if a in listed]}

    def fetch_jwk_set(self, force: bool = False) -> Mapping[str, Any]:
        """Give Authlib the keys; with *force* they are read anew, as a token names another one."""
        if self._keys is None or force:
            self._keys = self._provider.ask(self.metadata["jwks_uri"])
        return self._keys


def _quote(value: object) -> str:
    """Write for the log what somebody else has sent."""
    return repr(value)[:_LONGEST_QUOTE]


def _read_groups(claim: object) -> list[str]:
    """Read the names of groups: a list of them, or one alone."""
    names = claim if isinstance(claim, list) else [claim]
    return [name for name in names if isinstance(name, str)]


def _read_moment(claim: object) -> float:
    """Read seconds since 1970; 0 for what is no moment."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return 0.0
    return float(claim) if 0 <= claim < _LAST_MOMENT else 0.0
