"""The table of settings: each environment variable, what it is without one, and what it does."""

from dataclasses import dataclass

from app.mail_settings import FORM


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it is without one, and what it does.

    One that is secret can come from elsewhere as well (see `secret_sources`).
    """

    name: str
    default: str
    help: str
    is_secret: bool = False


REAL_API = "https://api.voiceaiwrapper.app"
"""Where the vendor's own API is."""

RANGE_API = "https://api.pwnedpasswords.com/range/"
"""Where *Have I Been Pwned* tells of breached passwords."""

POSTGRESQL = "postgresql://user:password@host/database"
"""The form of the address of a database."""

SETTINGS = (
    Setting("HOST", "127.0.0.1", "Address to listen on. Others than this machine sign in."),
    Setting("PORT", "8000", "Port to listen on."),
    Setting(
        "TLS_CERTIFICATE",
        "",
        "File (PEM) of the certificate by which the app itself speaks TLS; the authorities below "
        "follow in it. Else a proxy does.",
    ),
    Setting("TLS_KEY", "", "File (PEM) of the key of TLS_CERTIFICATE."),
    Setting(
        "VOICEAIWRAPPER_TOKEN",
        "",
        "Token of the real API. Without it, campaigns go to the built-in sandbox.",
        is_secret=True,
    ),
    Setting(
        "VOICEAIWRAPPER_BASE_URL",
        REAL_API,
        "Where the API is. Only used with a token.",
    ),
    Setting("DEADLINE", "30", "Seconds that a call to an API may take, its whole answer included."),
    Setting("INSTANCE", "instance", "Folder of the databases and the keys."),
    Setting(
        "DATABASE_URL",
        "",
        f"Where PostgreSQL is: {POSTGRESQL}. Else a file in INSTANCE.",
        is_secret=True,
    ),
    Setting(
        "QUEUE_URL",
        "",
        "Queue of PostgreSQL or Redis for workers beside the app: postgresql://… or redis://…. "
        "Else the app sends by itself.",
        is_secret=True,
    ),
    Setting(
        "SECRET_KEY",
        "",
        "Key that signs cookies and forms; else a file in INSTANCE.",
        is_secret=True,
    ),
    Setting(
        "TOKEN_KEYS",
        "",
        "Keys that encrypt saved tokens, the newest first, with commas; else a file in INSTANCE.",
        is_secret=True,
    ),
    Setting(
        "SMTP_URL",
        "",
        f"Server that takes e-mail: {FORM}. Else no e-mail is sent.",
        is_secret=True,
    ),
    Setting("MAIL_FROM", "", "Who e-mail is from: an address, or a name and an <address>."),
    Setting(
        "PUBLIC_URL",
        "",
        "Where people reach the app, for links in e-mail: https://campaigns.example. "
        "Else there are none.",
    ),
    Setting("TRUSTED_HOSTS", "", "Further host names that the app answers to, with commas."),
    Setting("TRUSTED_PROXY", "", "Address of a proxy in front that ends TLS."),
    Setting(
        "ALLOW_PRIVATE_HOSTS",
        "",
        "Host names and networks that connections may reach besides public addresses, with commas.",
    ),
    Setting(
        "KEEP_LOG_DAYS",
        "",
        "Days after which calls go from the request log into an archive. Else never.",
    ),
    Setting(
        "KEEP_TRASH_DAYS",
        "",
        "Days after which deleted drafts go into an archive, with all of theirs, unless a batch "
        "names them. Else never.",
    ),
    Setting(
        "KEEP_TRAIL_DAYS",
        "",
        "Days after which events of a draft to which nothing was done since, and batches that "
        "ended, go into an archive. Else never.",
    ),
    Setting(
        "ARCHIVE",
        "",
        "Folder of the archives: with DATABASE_URL one that all machines share. "
        "Else archive in INSTANCE.",
    ),
    Setting(
        "LOG_FORMAT",
        "",
        "json or text: how the log is written to stderr. Else text on a terminal, JSON elsewhere.",
    ),
    Setting("LOG_LEVEL", "INFO", "The least that is logged: DEBUG, INFO, WARNING or ERROR."),
    Setting(
        "METRICS_TOKEN",
        "",
        "Token with which Prometheus reads /metrics. Without it, there is no such address.",
        is_secret=True,
    ),
    Setting(
        "REQUIRE_SECOND_FACTOR",
        "",
        "yes: whoever signs in by a password has to set up codes or a passkey. Else they may.",
    ),
    Setting(
        "BREACHED_PASSWORDS_URL",
        "",
        f"Where to ask whether a password is known from a breach: {RANGE_API}. "
        "Else common ones alone are refused.",
    ),
    Setting(
        "OIDC_ISSUER",
        "",
        "Issuer of an OpenID Connect provider, by which people may sign in, too.",
    ),
    Setting("OIDC_CLIENT_ID", "", "What the provider calls this app."),
    Setting(
        "OIDC_CLIENT_SECRET",
        "",
        "What the provider knows this app by.",
        is_secret=True,
    ),
    Setting(
        "OIDC_BUTTON",
        "Sign in with your organisation",
        "What the button says that leads to the provider.",
    ),
    Setting(
        "OIDC_DOMAINS",
        "",
        "Domains of e-mail addresses that the provider may let in, with commas. Else who has an "
        "account.",
    ),
    Setting("OIDC_GROUPS_CLAIM", "groups", "Claim in which the provider names groups."),
    Setting(
        "OIDC_ROLES",
        "",
        "Roles that groups give: group=role, or group=role@key for one connection, with commas.",
    ),
    Setting(
        "PROCESSES",
        "",
        "Processes that serve. Else 1, or with another HOST or a DATABASE_URL as many as cores.",
    ),
    Setting("THREADS", "8", "Requests that each process answers at once."),
)
