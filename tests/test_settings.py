"""The settings: what each is without a word, and a sentence for each that cannot be meant."""

import os
import re
from pathlib import Path

import pytest

from app.mail_settings import MailServer, read_sender
from app.setting_values import BadSetting
from app.settings import Keep, LogSettings, MailSettings, Settings, TlsFiles, read_settings
from app.settings_table import SETTINGS

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?:`(?P<default>[^`]*)` )?\|", re.MULTILINE)


def refused(**environ: str) -> str:
    """Give the sentence with which these settings are refused."""
    with pytest.raises(BadSetting) as raised:
        read_settings(environ)
    return str(raised.value)


def test_nothing_has_to_be_set() -> None:
    assert read_settings({}) == Settings(
        host="127.0.0.1",
        port=8000,
        base_url="https://api.voiceaiwrapper.app",
        token="",
        instance=ROOT / "instance",
        trusted_hosts=(),
        trusted_proxy="",
    )


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_setting_that_is_blank_is_as_if_it_were_not_there(name: str, blank: str) -> None:
    assert read_settings({name: blank}) == read_settings({})


def test_each_setting_is_read_from_its_variable() -> None:
    settings = read_settings(
        {
            "HOST": "0.0.0.0",  # noqa: S104  # Nothing listens here.
            "PORT": "80",
            "TLS_CERTIFICATE": "/etc/tls/web.pem",
            "TLS_KEY": "/etc/tls/web-key.pem",
            "VOICEAIWRAPPER_TOKEN": "t0ken",
            "VOICEAIWRAPPER_BASE_URL": "https://api.example",
            "INSTANCE": "elsewhere",
            "TRUSTED_HOSTS": "campaigns.example",
            "TRUSTED_PROXY": "10.0.0.1",
            "ALLOW_PRIVATE_HOSTS": "gateway.internal, 10.1.0.0/16,fd00::7",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "ERROR",
            "METRICS_TOKEN": "a-token-of-a-test",
            "REQUIRE_SECOND_FACTOR": "yes",
            "BREACHED_PASSWORDS_URL": "https://breaches.example/range/",
            "PROCESSES": "3",
            "THREADS": "4",
            "KEEP_LOG_DAYS": "90",
            "KEEP_TRASH_DAYS": "30",
            "KEEP_TRAIL_DAYS": "3650",
            "ARCHIVE": "/srv/archives",
            "SMTP_URL": "smtp://campaigns:p%40ss@mail.example",
            "MAIL_FROM": "campaigns@example.com",
            "PUBLIC_URL": "https://campaigns.example/",
        }
    )

    assert settings == Settings(
        host="0.0.0.0",  # noqa: S104
        port=80,
        tls=TlsFiles(Path("/etc/tls/web.pem"), Path("/etc/tls/web-key.pem")),
        base_url="https://api.example",
        token="t0ken",
        instance=ROOT / "elsewhere",
        trusted_hosts=("campaigns.example",),
        trusted_proxy="10.0.0.1",
        allow_private_hosts=("gateway.internal", "10.1.0.0/16", "fd00::7"),
        metrics_token="a-token-of-a-test",
        require_second_factor=True,
        breached_passwords_url="https://breaches.example/range/",
        log=LogSettings("json", "ERROR"),
        processes=3,
        threads=4,
        keep=Keep(log=90, trash=30, trail=3650),
        archive=Path("/srv/archives"),
        mail=MailSettings(
            MailServer("mail.example", 587, user="campaigns", password="p@ss"),
            read_sender("campaigns@example.com"),
            "https://campaigns.example",
        ),
    )


def test_the_spaces_around_a_setting_do_not_count() -> None:
    assert read_settings({"VOICEAIWRAPPER_TOKEN": " t0ken\n"}).token == "t0ken"


def test_another_variable_changes_nothing() -> None:
    assert read_settings({"PATH": "/bin", "port": "80"}) == read_settings({})


def test_a_folder_may_be_anywhere() -> None:
    assert read_settings({"INSTANCE": "/var/lib/campaigns"}).instance == Path("/var/lib/campaigns")


@pytest.mark.parametrize("port", ["1", "8000", "65535"])
def test_a_port_can_be_any_that_there_is(port: str) -> None:
    assert read_settings({"PORT": port}).port == int(port)


@pytest.mark.parametrize(
    "port", ["0", "65536", "-1", "8000.0", "http", "8 000", "0x50", "８０", "²", "9" * 5_000]
)
def test_a_port_that_there_is_not_is_refused(port: str) -> None:
    assert refused(PORT=port) == f"PORT is “{port}”. Set it to a number from 1 to 65535."


@pytest.mark.parametrize(
    "entry",
    ["10.1.2.3/16", "10.1.2", "10.1.2.300", "2130706433", "fd00::/129", "a host", "https://a"],
)
def test_a_private_host_that_is_neither_a_name_nor_a_network_is_refused(entry: str) -> None:
    message = refused(ALLOW_PRIVATE_HOSTS=f"gateway.internal,{entry}")
    assert message.startswith(f"ALLOW_PRIVATE_HOSTS has “{entry}”. Set it to host names")


@pytest.mark.parametrize("name", ["PROCESSES", "THREADS"])
@pytest.mark.parametrize("number", ["0", "100", "-1", "two", "1.5", "１"])
def test_a_number_of_processes_or_threads_that_cannot_be_meant_is_refused(
    name: str, number: str
) -> None:
    assert refused(**{name: number}) == f"{name} is “{number}”. Set it to a number from 1 to 99."


@pytest.mark.parametrize(
    "environ",
    [
        {"HOST": "0.0.0.0"},  # noqa: S104
        {
            "DATABASE_URL": "postgresql://localhost/campaigns",
            "SECRET_KEY": "k" * 32,
            "TOKEN_KEYS": "k",
        },
    ],
    ids=["others can reach it", "a server's database"],
)
def test_what_others_use_is_served_by_as_many_processes_as_there_are_cores(
    environ: dict[str, str],
) -> None:
    assert read_settings(environ).processes == os.cpu_count()
    assert read_settings(environ | {"PROCESSES": "1"}).processes == 1


@pytest.mark.parametrize("host", ["::", "::1", "[::1]", "127.0.0.1:8000"])
def test_a_host_that_no_browser_could_name_to_us_is_refused(host: str) -> None:
    assert refused(HOST=host) == f"HOST is “{host}”. Set it to an IPv4 address or a name."


def test_the_address_of_the_real_api_needs_its_token() -> None:
    assert refused(VOICEAIWRAPPER_BASE_URL="https://api.example") == (
        "VOICEAIWRAPPER_BASE_URL is set and VOICEAIWRAPPER_TOKEN is not. "
        "Set both for the real API, or neither for the sandbox."
    )


@pytest.mark.parametrize(
    ("names", "hosts"),
    [
        ("a.example", ("a.example",)),
        ("a.example,b.example", ("a.example", "b.example")),
        (" a.example , b.example ,", ("a.example", "b.example")),
        ("App.Example, .b.example, 10.0.0.7", ("app.example", ".b.example", "10.0.0.7")),
        ("a.example:8443, münchen.example", ("a.example:8443", "münchen.example")),
        (",", ()),
    ],
)
def test_several_host_names_are_told_apart_by_commas(names: str, hosts: tuple[str, ...]) -> None:
    assert read_settings({"TRUSTED_HOSTS": names}).trusted_hosts == hosts


@pytest.mark.parametrize("entry", ["https://a.example", "a.example/", "a example", "a@b", "[::1]"])
def test_a_trusted_host_that_is_no_name_is_refused(entry: str) -> None:
    message = refused(TRUSTED_HOSTS=f"a.example,{entry}")
    assert message.startswith(f"TRUSTED_HOSTS has “{entry}”. Set it to host names alone")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_alone_is_safe_without_a_sign_in(host: str) -> None:
    assert read_settings({"HOST": host}).is_loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "campaigns.example"])  # noqa: S104
def test_any_other_address_is_not_loopback(host: str) -> None:
    assert not read_settings({"HOST": host}).is_loopback


@pytest.mark.parametrize(
    ("environment", "log"),
    [
        ({}, LogSettings("", "INFO")),
        ({"LOG_FORMAT": "Text"}, LogSettings("text", "INFO")),
        ({"LOG_LEVEL": "debug"}, LogSettings("", "DEBUG")),
    ],
)
def test_how_to_log_can_be_written_large_or_small(
    environment: dict[str, str], log: LogSettings
) -> None:
    assert read_settings(environment).log == log


@pytest.mark.parametrize("form", ["xml", "json,text"])
def test_a_format_of_the_log_that_there_is_not_is_refused(form: str) -> None:
    assert refused(LOG_FORMAT=form) == f"LOG_FORMAT is “{form}”. Set it to json or text."


@pytest.mark.parametrize("level", ["10", "LOUD", "NOTSET"])
def test_a_level_of_the_log_that_there_is_not_is_refused(level: str) -> None:
    assert refused(LOG_LEVEL=level) == (
        f"LOG_LEVEL is “{level}”. Set it to DEBUG, INFO, WARNING or ERROR."
    )


def test_the_secrets_are_all_of_them() -> None:
    settings = Settings(
        token="t0ken-1",
        secret_key="signs-1",
        token_keys=("new-key", "old-key"),
        metrics_token="reads-1",
        mail=MailSettings(MailServer("mail.example", 587, user="who", password="mails-1")),
    )
    assert settings.secrets == ("t0ken-1", "signs-1", "new-key", "old-key", "reads-1", "mails-1")
    assert Settings().secrets == ()


@pytest.mark.parametrize("token", ["short", "x" * 15, "with a space in it", "x" * 16 + "ü"])
def test_a_token_that_no_header_carries_or_somebody_guesses_is_refused(token: str) -> None:
    assert refused(METRICS_TOKEN=token) == (
        "METRICS_TOKEN cannot be used. Set it to 16 or more letters and digits; "
        "._~+/- may be among them."
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://breaches.example/range/",
        "https://breaches.example/range",
        "https://breaches.example/range/?a=/",
        "https:///range/",
        "yes",
    ],
)
def test_where_no_breached_password_can_be_asked_for_is_refused(url: str) -> None:
    assert refused(BREACHED_PASSWORDS_URL=url) == (
        f"BREACHED_PASSWORDS_URL is “{url}”. Set it to an address of https:// that ends in a "
        "slash, such as https://api.pwnedpasswords.com/range/."
    )


@pytest.mark.parametrize(
    ("there", "missing"), [("TLS_KEY", "TLS_CERTIFICATE"), ("TLS_CERTIFICATE", "TLS_KEY")]
)
def test_a_certificate_without_its_key_is_refused(there: str, missing: str) -> None:
    assert refused(**{there: "web.pem"}) == (
        f"{there} is set and {missing} is not. Set both, or neither."
    )


@pytest.mark.parametrize("answer", ["1", "true", "Yes"])
def test_what_is_neither_yes_nor_no_is_refused(answer: str) -> None:
    assert refused(REQUIRE_SECOND_FACTOR=answer) == (
        f"REQUIRE_SECOND_FACTOR is “{answer}”. Set it to yes or no."
    )
    assert not read_settings({"REQUIRE_SECOND_FACTOR": "no"}).require_second_factor


def test_the_settings_do_not_show_the_token() -> None:
    assert "t0ken" not in repr(read_settings({"VOICEAIWRAPPER_TOKEN": "t0ken"}))
    assert "t0ken" not in repr(read_settings({"METRICS_TOKEN": "t0ken" * 4}))
    mail = {"SMTP_URL": "smtp://who:t0ken@mail.example", "MAIL_FROM": "a@example.com"}
    assert "t0ken" not in repr(read_settings(mail))


def test_the_readme_lists_every_setting_with_what_it_is_without_one() -> None:
    readme = (ROOT / "README.md").read_text()

    listed = {row["name"]: row["default"] or "" for row in ROW.finditer(readme)}
    assert listed == {setting.name: setting.default for setting in SETTINGS}


@pytest.mark.parametrize("name", ["KEEP_LOG_DAYS", "KEEP_TRASH_DAYS", "KEEP_TRAIL_DAYS"])
@pytest.mark.parametrize("days", ["0", "-1", "1.5", "ever", "100000", "1 2"])
def test_what_is_kept_is_kept_for_whole_days(name: str, days: str) -> None:
    expected = f"{name} is “{days}”. Set it to a number from 1 to 99999."
    assert refused(**{name: days}) == expected


def test_archives_are_where_all_machines_find_them() -> None:
    shared = {"DATABASE_URL": "postgresql://a", "SECRET_KEY": "s" * 32, "TOKEN_KEYS": "t"}
    assert read_settings(shared).archive is None
    assert "ARCHIVE is not set." in refused(**shared, KEEP_LOG_DAYS="9")
    assert read_settings(shared | {"KEEP_LOG_DAYS": "9", "ARCHIVE": "/a"}).keep == Keep(log=9)


def test_archives_are_in_the_instance_unless_told_otherwise() -> None:
    assert read_settings({}).archive_folder == ROOT / "instance" / "archive"
    assert read_settings({"ARCHIVE": "old"}).archive_folder == ROOT / "old"


def test_of_the_server_and_the_sender_of_mail_there_are_both_or_none() -> None:
    assert refused(SMTP_URL="smtp://mail.example") == (
        "SMTP_URL is set and MAIL_FROM is not. Set both to send e-mail."
    )
    assert refused(MAIL_FROM="a@example.com") == (
        "MAIL_FROM is set and SMTP_URL is not. Set both to send e-mail."
    )


@pytest.mark.parametrize(
    "url",
    [
        "campaigns.example",
        "http://campaigns.example",
        "https://campaigns.example/app",
        "https://user@campaigns.example",
        "https://campaigns.example?a",
        "https://campaigns.example#a",
        "https://campaigns.example:99999",
        "https://campaigns example",
        "https://",
        "javascript://campaigns.example",
    ],
)
def test_links_lead_to_a_host_alone_over_https(url: str) -> None:
    assert refused(PUBLIC_URL=url).startswith(f"PUBLIC_URL is “{url}”. Set it to https://")


@pytest.mark.parametrize("url", ["https://campaigns.example:8443", "http://127.0.0.1:8000"])
def test_links_may_lead_to_another_port_or_to_this_machine(url: str) -> None:
    assert read_settings({"PUBLIC_URL": url}).mail.public_url == url


def test_a_server_of_mail_that_cannot_be_read_is_refused_and_not_quoted() -> None:
    sentence = refused(SMTP_URL="smtp://who:s3cret@mail.example:none", MAIL_FROM="a@example.com")
    assert sentence.startswith("SMTP_URL cannot be read. It is like smtp://user:password@host")
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cret@[::1/db", "postgresql://u:s3cret@host:x/db"]
)
def test_an_address_of_a_database_that_cannot_be_read_is_refused_and_not_quoted(url: str) -> None:
    sentence = refused(DATABASE_URL=url)
    assert sentence.startswith("DATABASE_URL cannot be read. It is like postgresql://")
    assert "s3cret" not in sentence


@pytest.mark.parametrize("address", ["10.0.0.0/8", "caddy", "10.0.0.1, 10.0.0.2", "10.0.0"])
def test_a_proxy_that_would_never_be_the_one_that_connects_is_refused(address: str) -> None:
    assert refused(TRUSTED_PROXY=address).startswith(f"TRUSTED_PROXY is “{address}”. Set it to")


@pytest.mark.parametrize("address", ["*", "10.0.0.1", "fd00::1"])
def test_a_proxy_is_trusted_by_its_address_or_wherever_it_is(address: str) -> None:
    assert read_settings({"TRUSTED_PROXY": address}).trusted_proxy == address


@pytest.mark.parametrize(
    "url",
    [
        "redis://:pa/ssw0rd@localhost/0",
        "redis://worker:x@localhost:99999/0",
        "postgresql://worker:x@localhost/queue?colour=red",
    ],
)
def test_a_queue_whose_address_its_driver_cannot_read_is_refused(url: str) -> None:
    words = refused(QUEUE_URL=url, SECRET_KEY="k" * 32)
    assert words == (
        "QUEUE_URL cannot be read: look at its port and what follows “?”, and write signs like @ "
        "and / in its password as %40 and %2F."
    )


def test_what_is_never_logged_has_the_passwords_in_addresses_as_well() -> None:
    settings = read_settings(
        {
            "DATABASE_URL": "postgresql://app:p%40ssw%C3%B6rd@localhost/campaigns"
            "?application_name=a@b&password=in-query",
            "QUEUE_URL": "redis://:qu%2Fue-pass@localhost/0",
            "SECRET_KEY": "k" * 32,
            "TOKEN_KEYS": "t" * 44,
            "SMTP_URL": "smtp://who:info@localhost",
            "MAIL_FROM": "a@example.com",
        }
    )
    assert set(settings.secrets) == {
        "k" * 32,
        "t" * 44,
        "p%40ssw%C3%B6rd",
        "p@sswörd",
        "in-query",
        "qu%2Fue-pass",
        "qu/ue-pass",
    }
