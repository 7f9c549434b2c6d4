"""What the files of a deployment say is true of the app: settings, ports, paths, users, times.

That they are well formed is for their own linters.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from sqlalchemy import make_url

from app.campaign.contract.fields import CAMPAIGNS_PATH
from app.sending.submission import GRACE
from app.settings import read_settings
from app.settings_table import SETTINGS
from app.version import VERSION

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (ROOT / "Containerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
CADDYFILE = (DEPLOY / "Caddyfile").read_text()
UNITS = {path.name: path.read_text() for path in sorted((DEPLOY / "systemd").iterdir())}
SERVICES = [name for name in UNITS if name.endswith(".service")]
OBJECTS = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text())
]
PODS = {
    kubernetes["metadata"]["name"]: kubernetes["spec"]["template"]["spec"]
    for kubernetes in OBJECTS
    if kubernetes["kind"] in {"Deployment", "StatefulSet"}
}
OURS = ("web", "worker")

KNOWN = {setting.name for setting in SETTINGS}
SECRET = {"DATABASE_URL", "QUEUE_URL", "SECRET_KEY", "TOKEN_KEYS"}
WANTED = {"METRICS_TOKEN", "OIDC_CLIENT_SECRET", "SMTP_URL"}
"""Secrets that nobody has to have."""

BY_CERTIFICATE = {"DATABASE_URL", "QUEUE_URL"}
"""In Compose there is no secret in these."""

OF_PYTHON = {"PATH", "PYTHONDONTWRITEBYTECODE", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}

GUIDE = (ROOT / "docs" / "deploy.md").read_text()
DEFAULTS = read_settings({})
LONGEST_STOP = DEFAULTS.deadline + GRACE.total_seconds() + 5
"""Seconds until the last process has ended."""


def find(kind: str, name: str = "") -> dict[str, Any]:
    """Give the only Kubernetes object of a kind, or the one of them that has this name."""
    (only,) = (
        kubernetes
        for kubernetes in OBJECTS
        if kubernetes["kind"] == kind and name in {"", kubernetes.get("metadata", {}).get("name")}
    )
    return dict(only)


def container(pod: str) -> dict[str, Any]:
    (only,) = PODS[pod]["containers"]
    return dict(only)


def list_claims() -> set[str]:
    """List the volumes that each worker keeps."""
    claims = find("StatefulSet")["spec"]["volumeClaimTemplates"]
    return {claim["metadata"]["name"] for claim in claims}


@cache
def list_image_settings() -> dict[str, str]:
    """Read what ENV sets in the Containerfile."""
    joined = CONTAINERFILE.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.startswith("ENV ")]
    pairs = [word.partition("=") for line in lines for word in shlex.split(line)[1:]]
    return {name: value for name, _, value in pairs}


def list_explained() -> set[str]:
    """List the settings that the guide's table explains."""
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", GUIDE, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"[A-Z_]+", row)}


PROGRAMS = ("/api/drafts", "/api/openapi.json", "/metrics", f"/sandbox{CAMPAIGNS_PATH}")
PAGES = ("/", "/sign-in", "/drafts/new", "/sandbox/", "/static/app.js")


def is_for_programs(path: str, rules: list[str]) -> bool:
    """Tell whether a path is one of these, or below one."""
    return any(path == rule or path.startswith(f"{rule}/") for rule in rules)


def list_named() -> Iterator[tuple[str, str]]:
    """List each setting that is named, and where."""
    for name in list_image_settings().keys() - OF_PYTHON:
        yield "Containerfile", name
    for service in OURS:
        for name in COMPOSE["services"][service]["environment"]:
            yield f"compose.yaml, {service}", name
    for pod in PODS:
        for variable in container(pod)["env"]:
            yield pod, variable["name"]
    for name in find("ConfigMap")["data"]:
        yield "ConfigMap", name
    for name in list_explained():
        yield "docs/deploy.md", name
    for unit, text in UNITS.items():
        for name in re.findall(r"^Environment=(\w+)", text, re.MULTILINE):
            yield unit, name


@pytest.mark.parametrize(("where", "name"), sorted(set(list_named())))
def test_each_setting_that_is_named_is_one(where: str, name: str) -> None:
    assert name in KNOWN


def test_the_guide_says_what_each_setting_is_for() -> None:
    assert list_explained() == {name for name in KNOWN if not name.startswith("VOICEAIWRAPPER_")}


OF_ITS_NETWORK = {"HOST", "PORT", "INSTANCE"}
"""What the image sets, and nobody has to change in Compose."""


def test_compose_hands_on_each_setting_of_the_guide() -> None:
    handed_on = {name for service in OURS for name in COMPOSE["services"][service]["environment"]}
    worker = COMPOSE["services"]["worker"]["environment"]

    assert handed_on == list_explained() - OF_ITS_NETWORK
    assert {"DEADLINE", "KEEP_LOG_DAYS", "KEEP_TRASH_DAYS", "KEEP_TRAIL_DAYS"} < worker.keys()
    assert worker["ARCHIVE"].startswith(list_image_settings()["INSTANCE"])
    assert f"instance:{list_image_settings()['INSTANCE']}" in COMPOSE["x-app"]["volumes"]


def test_the_readme_leads_to_the_guide_and_that_to_what_is_there() -> None:
    assert "(docs/deploy.md)" in (ROOT / "README.md").read_text()
    for path in re.findall(r"`?(deploy/[\w./-]*\w)", GUIDE):
        assert (ROOT / path).exists()


def test_the_log_of_each_service_can_go_elsewhere_over_tls() -> None:
    services = yaml.safe_load((DEPLOY / "compose-logs.yaml").read_text())["services"]

    assert services.keys() == COMPOSE["services"].keys()
    for service in services.values():
        assert service["logging"]["driver"] == "syslog"
        assert service["logging"]["options"]["syslog-address"].startswith("tcp+tls://")


class TestSecrets:
    @pytest.mark.parametrize("service", OURS)
    def test_compose_asks_for_each_and_writes_none_in(self, service: str) -> None:
        environment = COMPOSE["services"][service]["environment"]

        assert environment.keys() >= SECRET
        for name in SECRET - BY_CERTIFICATE:
            assert re.search(r"\$\{\w+:\?", environment[name])
        for name in BY_CERTIFICATE:
            assert make_url(environment[name]).password is None
            assert make_url(environment[name]).query["sslmode"] == "verify-full"
        for name in WANTED & environment.keys():
            assert environment[name] == f"${{{name}:-}}"

    @pytest.mark.parametrize("pod", PODS)
    def test_kubernetes_takes_each_from_a_secret(self, pod: str) -> None:
        from_secret = {
            variable["name"]
            for variable in container(pod)["env"]
            if variable.keys() == {"name", "valueFrom"} and "secretKeyRef" in variable["valueFrom"]
        }

        assert from_secret - WANTED == SECRET
        assert not (SECRET | WANTED) & find("ConfigMap")["data"].keys()

    def test_kubernetes_does_without_what_nobody_has_to_have(self) -> None:
        optional = {
            variable["name"]
            for variable in container("campaign-builder-web")["env"]
            if variable["valueFrom"]["secretKeyRef"].get("optional")
        }

        assert optional == WANTED

    @pytest.mark.parametrize("unit", UNITS)
    def test_no_unit_holds_one(self, unit: str) -> None:
        assert not (SECRET | WANTED) & set(re.findall(r"[A-Z_]+", UNITS[unit]))

    def test_none_gets_into_the_image(self) -> None:
        rules = (ROOT / ".containerignore").read_text().splitlines()

        assert rules[1] == "*"
        assert not {rule for rule in rules if rule.startswith(("!.env", "!instance", "!."))}
        assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


class TestHealth:
    @pytest.mark.parametrize(
        ("probe", "path"),
        [
            ("startupProbe", "/healthz"),
            ("livenessProbe", "/healthz"),
            ("readinessProbe", "/readyz"),
        ],
    )
    def test_a_probe_asks_what_the_app_answers(
        self, client: FlaskClient, probe: str, path: str
    ) -> None:
        asked = container("campaign-builder-web")[probe]["httpGet"]
        headers = {header["name"]: header["value"] for header in asked["httpHeaders"]}

        assert asked["path"] == path
        assert client.get(path, headers=headers).status_code == 200

    def test_the_health_check_of_the_image_asks_what_the_app_answers(
        self, client: FlaskClient
    ) -> None:
        port = list_image_settings()["PORT"]

        assert f"'://127.0.0.1:{port}/healthz'" in CONTAINERFILE
        assert client.get("/healthz", base_url=f"http://127.0.0.1:{port}").status_code == 200


class TestPorts:
    def test_the_image_listens_where_it_says_and_where_others_look(self) -> None:
        port = int(list_image_settings()["PORT"])
        (named,) = container("campaign-builder-web")["ports"]
        (service,) = find("Service", "campaign-builder")["spec"]["ports"]

        assert f"\nEXPOSE {port}\n" in CONTAINERFILE
        assert named == {"name": "http", "containerPort": port}
        assert service["targetPort"] == "http"
        assert COMPOSE["services"]["proxy"]["environment"]["UPSTREAM"] == f"https://web:{port}"
        assert list_image_settings()["HOST"] == "0.0.0.0"  # noqa: S104  # Of the container alone.

    def test_on_one_machine_caddy_looks_where_systemd_listens(self) -> None:
        unit = UNITS["campaign-builder.socket"]
        (listens,) = re.findall(r"^ListenStream=(.+)$", unit, re.MULTILINE)

        assert f"{{$UPSTREAM:{listens}}}" in CADDYFILE
        assert listens == f"{DEFAULTS.host}:{DEFAULTS.port}"

    def test_only_the_proxy_is_published(self) -> None:
        assert [name for name, of in COMPOSE["services"].items() if "ports" in of] == ["proxy"]

    def test_caddy_lets_an_unused_connection_go_before_the_app_does(self) -> None:
        (seconds,) = re.findall(r"keepalive (\d+)s", CADDYFILE)

        assert int(seconds) < 60

    def test_caddy_leaves_compression_to_the_app(self) -> None:
        assert not re.search(r"^\s*encode\b", CADDYFILE, re.MULTILINE)

    def test_the_service_that_the_workers_name_is_theirs_and_leads_to_no_address(self) -> None:
        worker = find("StatefulSet")["spec"]
        service = find("Service", worker["serviceName"])["spec"]
        labels = worker["template"]["metadata"]["labels"]
        assert service["clusterIP"] == "None"
        assert service["selector"].items() <= labels.items()

    def test_the_service_and_the_policies_are_about_the_web_pods(self) -> None:
        (labels,) = (
            kubernetes["spec"]["template"]["metadata"]["labels"]
            for kubernetes in OBJECTS
            if kubernetes["kind"] == "Deployment"
            and kubernetes["metadata"]["name"] == "campaign-builder-web"
        )

        assert find("Service", "campaign-builder")["spec"]["selector"] == labels
        assert find("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
        assert find("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels


class TestTls:
    def test_inside_compose_each_finds_its_certificate_and_the_authority(self) -> None:
        services = COMPOSE["services"]
        (command,) = services["certificates"]["command"]
        named = re.findall(r"certificates /authority ([a-z ]+) &&", command)[0].split()
        installed = {f"/tls/{name}" for name in re.findall(r"[a-z-]+\.pem", command)}
        asked = set(re.findall(r"/tls/[a-z-]+\.pem", yaml.dump(services)))

        assert set(named) == {"web", "database", "campaigns"}
        assert asked == installed
        assert "/tls/authority-key.pem" not in installed
        for service in ("web", "worker", "database", "proxy"):
            assert "tls:/tls:ro" in services[service]["volumes"]
        assert [
            name for name, of in services.items() if "authority:/authority" in of["volumes"]
        ] == ["certificates"]
        assert services["proxy"]["environment"]["SSL_CERT_DIR"] == "/tls"

    def test_the_certificates_are_there_before_who_needs_them(self) -> None:
        waits = {"condition": "service_completed_successfully"}
        for service in ("database", "proxy"):
            assert COMPOSE["services"][service]["depends_on"]["certificates"] == waits
        for service in OURS:
            assert "database" in COMPOSE["services"][service]["depends_on"]

    def test_only_pages_lead_from_http_to_https(self) -> None:
        plain = CADDYFILE.partition("http://{$SITE:localhost} {")[2].partition("\n}\n")[0]
        (paths,) = re.findall(r"@programs path (.+)", plain)
        rules = [path.removesuffix("/*") for path in paths.split()]
        refused = plain.index('handle @programs {\n\t\trespond "Use https." 403')

        assert {is_for_programs(path, rules) for path in PROGRAMS} == {True}
        assert {is_for_programs(path, rules) for path in PAGES} == {False}
        assert refused < plain.index("handle {\n\t\tredir https://{host}{uri} 308")

    def test_tls_is_of_a_version_and_ciphers_that_are_recommended(self) -> None:
        (versions,) = re.findall(r"^\t\tprotocols (.+)$", CADDYFILE, re.MULTILINE)
        (ciphers,) = re.findall(r"^\t\tciphers (.+)$", CADDYFILE, re.MULTILINE)

        assert versions.split() == ["tls1.2", "tls1.3"]
        for cipher in ciphers.split():
            assert re.fullmatch(
                "TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA(256|384)",
                cipher,
            )

    def test_certificates_are_left_to_public_authorities(self) -> None:
        words = {line.split()[0] for line in CADDYFILE.splitlines() if line.strip()}

        assert not words & {"issuer", "cert_issuer", "ca", "acme_ca", "auto_https", "local_certs"}
        assert not re.search(r"^\ttls (?!\{)", CADDYFILE, re.MULTILINE)
        assert COMPOSE["services"]["proxy"]["environment"]["SITE"] == "${SITE:?set it in .env}"


class TestRights:
    def test_the_image_is_not_roots(self) -> None:
        users = re.findall(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)

        assert users == [("10001", "10001")]
        assert "--uid 10001 " in CONTAINERFILE

    @pytest.mark.parametrize("pod", PODS)
    def test_a_pod_is_not_roots_and_can_do_nothing_but_its_work(self, pod: str) -> None:
        whole, own = PODS[pod]["securityContext"], container(pod)["securityContext"]

        assert (whole["runAsNonRoot"], whole["runAsUser"], whole["fsGroup"]) == (True, 10001, 10001)
        assert whole["seccompProfile"] == {"type": "RuntimeDefault"}
        assert own == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert PODS[pod]["automountServiceAccountToken"] is False
        assert container(pod)["resources"].keys() == {"requests", "limits"}

    @pytest.mark.parametrize("service", OURS)
    def test_a_container_of_compose_can_do_nothing_but_its_work(self, service: str) -> None:
        described = COMPOSE["services"][service]

        assert described["read_only"] is True
        assert described["cap_drop"] == ["ALL"]
        assert described["security_opt"] == ["no-new-privileges:true"]

    @pytest.mark.parametrize("pod", PODS)
    def test_what_is_written_has_its_places(self, pod: str) -> None:
        places = {mount["mountPath"] for mount in container(pod)["volumeMounts"]}
        claimed = list_claims() if pod == "campaign-builder-worker" else set()

        assert places == {list_image_settings()["INSTANCE"], "/tmp"}  # noqa: S108
        assert {volume["name"] for volume in PODS[pod]["volumes"]} | claimed == {
            mount["name"] for mount in container(pod)["volumeMounts"]
        }

    def test_what_a_worker_notes_outlives_its_pod(self) -> None:
        (mount,) = (
            mount
            for mount in container("campaign-builder-worker")["volumeMounts"]
            if mount["mountPath"] == list_image_settings()["INSTANCE"]
        )

        assert list_claims() == {mount["name"]}

    @pytest.mark.parametrize("unit", SERVICES)
    def test_a_unit_is_not_roots(self, unit: str) -> None:
        lines = UNITS[unit].splitlines()

        assert "User=campaign-builder" in lines
        assert {"NoNewPrivileges=true", "ProtectSystem=strict", "CapabilityBoundingSet="} < set(
            lines
        )


class TestStop:
    """Nothing is killed while a campaign that is being sent may still be answered."""

    def test_kubernetes_waits(self) -> None:
        _, seconds = container("campaign-builder-web")["lifecycle"]["preStop"]["exec"]["command"]

        web, worker = PODS["campaign-builder-web"], PODS["campaign-builder-worker"]
        assert web["terminationGracePeriodSeconds"] > LONGEST_STOP + int(seconds)
        assert worker["terminationGracePeriodSeconds"] > LONGEST_STOP

    @pytest.mark.parametrize("service", OURS)
    def test_compose_waits(self, service: str) -> None:
        assert int(COMPOSE["services"][service]["stop_grace_period"].rstrip("s")) > LONGEST_STOP

    @pytest.mark.parametrize("unit", SERVICES)
    def test_systemd_waits_and_leaves_the_processes_to_their_parent(self, unit: str) -> None:
        (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNITS[unit], re.MULTILINE)

        assert int(seconds) > LONGEST_STOP
        assert "KillMode=mixed" in UNITS[unit].splitlines()


class TestProgram:
    def test_everybody_starts_the_installed_program(self) -> None:
        scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

        assert 'ENTRYPOINT ["campaign-builder"]' in CONTAINERFILE
        assert "campaign-builder" in scripts
        started = re.findall(r"^ExecStart=(.+)$", "\n".join(UNITS.values()), re.MULTILINE)
        assert sorted(started) == [
            "/opt/campaign-builder/%i/bin/campaign-builder",
            "/opt/campaign-builder/%i/bin/campaign-builder worker",
        ]

    def test_the_worker_is_started_in_the_same_words_everywhere(self) -> None:
        assert COMPOSE["services"]["worker"]["command"] == ["worker"]
        assert container("campaign-builder-worker")["args"] == ["worker"]

    @pytest.mark.parametrize("pod", PODS)
    def test_kubernetes_runs_this_version(self, pod: str) -> None:
        assert container(pod)["image"] == f"campaign-builder:{VERSION}"

    def test_the_image_is_built_from_what_is_there_and_let_in(self) -> None:
        rules = (ROOT / ".containerignore").read_text().splitlines()
        copied = [
            source
            for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE)
            for source in line.split()[:-1]
        ]

        assert copied
        for source in copied:
            assert (ROOT / source).exists()
            assert f"!{source}" in rules

    def test_each_package_is_installed_by_its_hash(self) -> None:
        commands = re.findall(r"pip install ([^&\n]+)", CONTAINERFILE + GUIDE)

        assert commands
        for command in commands:
            assert "--require-hashes" in command or "--no-index" in command

    def test_kustomize_takes_every_file(self) -> None:
        files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")}

        assert set(find("Kustomization")["resources"]) == files - {"kustomization.yaml"}
