"""Whether a cloud platform can reach a service: one line for each thing that it needs."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server

from connector.cli import cli
from connector.cli import reach as module
from connector.serve import free_port
from tests.cli.conftest import Run
from tests.living import Living
from tests.serving import Quiet, serving


def looked_at(url: str, key: str = "a key") -> dict[str, tuple[bool | None, str]]:
    """What the command says of a URL, by the name of each check."""
    words = ["reach", url, "--json", *(["--key", key] if key else [])]
    said = CliRunner().invoke(cli, words, env={"CONNECTOR_KEY": ""})
    report = json.loads(said.output)
    assert said.exit_code == (0 if report["ok"] else 1)
    return {each["name"]: (each["passed"], each["message"]) for each in report["checks"]}


def test_a_service_on_this_machine_fails_only_where_it_must(here: Living) -> None:
    found = looked_at(here.url, here.key)

    assert {name: passed for name, (passed, _) in found.items()} == {
        "https": False, "certificate": None, "public name": False, "ready": True,
        "no redirect": True, "links": True, "key": True, "large body": True,
    }  # fmt: skip
    assert "127.0.0.1, which the internet cannot reach" in found["public name"][1]
    assert found["key"][1] == "it is known, of the owner tests"


def test_people_read_a_sign_and_what_to_do_for_each(run: Run, here: Living) -> None:
    said = run("reach", here.url + "/")

    assert said.exit_code == 1
    lines = said.output.splitlines()
    assert lines[0] == "✗ https: Power Automate calls https only; put a proxy with TLS in front"
    assert lines[1] == "- certificate: there is none without https"
    assert lines[-2] == "✓ large body: 5 MB pass to the service"
    assert lines[-1] == "3 of 8 checks did not pass."


def test_a_wrong_key_fails_alone_and_no_key_is_asked_for(here: Living) -> None:
    wrong, missing = looked_at(here.url, "wrong"), looked_at(here.url, "")

    assert wrong["key"][0] is False
    assert wrong["large body"] == (None, "it is tried with a key that is known")
    assert missing["key"] == (None, "give --key, or set CONNECTOR_KEY")
    assert missing["links"][0] is True


def test_nobody_there_is_asked_once() -> None:
    found = looked_at(f"http://127.0.0.1:{free_port()}")

    assert found["ready"][0] is False
    assert found["links"] == found["key"] == (None, "the service does not answer")
    assert found["large body"][0] is None


@pytest.mark.parametrize("url", ["connector.example.com", "ftp://a.example", "https://a.example?b"])
def test_what_is_no_url_of_a_service_is_refused(url: str) -> None:
    said = CliRunner().invoke(cli, ["reach", url])

    assert said.exit_code == 2
    assert "give a URL such as https://connector.example.com" in said.output


def test_links_of_another_url_say_which_setting_is_wrong(in_front: tuple[Flask, str]) -> None:
    app, url = in_front
    app.config["links"] = "http://127.0.0.1:8000"

    passed, said = looked_at(url)["links"]

    assert passed is False
    assert f"set CONNECTOR_PUBLIC_URL={url} and restart it" in said


def test_a_proxy_that_lets_1_mb_through_is_found(in_front: tuple[Flask, str]) -> None:
    passed, said = looked_at(in_front[1])["large body"]

    assert passed is False
    assert "nginx: client_max_body_size 100m" in said


def test_another_service_at_the_url_passes_for_ours_nowhere(in_front: tuple[Flask, str]) -> None:
    app, url = in_front
    app.config.update(largest=None)
    assert looked_at(url)["large body"] == (False, "something else than the service answered it")

    app.config.update(owner="<html>Welcome</html>")
    assert looked_at(url)["key"] == (
        False,
        "/v1/me is answered by something else than the service",
    )


def test_a_redirect_says_where_it_leads(in_front: tuple[Flask, str]) -> None:
    app, url = in_front
    app.config["leads"] = "https://www.example.com/readyz"

    found = looked_at(url)

    assert found["ready"][0] is False
    assert found["no redirect"] == (
        False,
        "it leads to https://www.example.com/readyz; give the URL that is answered itself",
    )
    assert found["links"] == (None, "the answers come from elsewhere")


def test_a_slow_service_is_not_ready(
    in_front: tuple[Flask, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUICK", 0.0)

    passed, said = looked_at(in_front[1])["ready"]

    assert passed is False
    assert said.endswith("it must take less than 0 s")


def test_a_key_is_not_sent_in_clear_to_another_machine(
    in_front: tuple[Flask, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HERE", ())  # as if it were another machine

    found = looked_at(in_front[1])

    assert found["key"] == (False, "it is not sent without https, where others could read it")
    assert found["large body"][0] is None
    assert in_front[0].config["keys"] == [("/readyz", None), ("/openapi.json", None)]


def test_only_what_needs_the_key_is_asked_with_it(in_front: tuple[Flask, str]) -> None:
    app, url = in_front

    looked_at(url)

    assert app.config["keys"] == [
        ("/readyz", None), ("/openapi.json", None),
        ("/v1/me", "a key"), ("/v1/subscriptions", "a key"),
    ]  # fmt: skip


def test_a_certificate_that_nobody_knows_is_found(secured: tuple[str, Path]) -> None:
    url, _ = secured

    found = looked_at(url)

    assert found["https"][0] is True
    assert found["certificate"][0] is False
    assert "serve a full chain of a public CA" in found["certificate"][1]


def test_a_certificate_that_verifies_says_until_when(
    secured: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, authority = secured
    knowing = ssl.create_default_context(cafile=str(authority))
    monkeypatch.setattr(ssl, "create_default_context", lambda: knowing)

    passed, said = looked_at(url)["certificate"]

    assert (passed, said[:19]) == (True, "it verifies, until ")


def test_a_name_that_nobody_knows_needs_a_record() -> None:
    passed, said = looked_at("http://connector.invalid")["public name"]

    assert passed is False
    assert said == "connector.invalid is not known to DNS; make a record for it"


@pytest.fixture
def in_front() -> Iterator[tuple[Flask, str]]:
    """Something that answers in place of the service, and its URL. Its config: ``links`` in
    /openapi.json, ``largest`` body in bytes, where it ``leads`` to, the ``owner`` that it knows,
    and with which ``keys`` it was asked for what."""
    app = Flask(__name__)
    app.config.update(links="", largest=1_000_000, leads=None, owner={"owner": "tests"})
    app.config["keys"] = []

    @app.before_request
    def see_key() -> None:
        app.config["keys"].append((request.path, request.headers.get("X-API-Key")))

    @app.get("/readyz")
    def readyz() -> Any:
        return redirect(app.config["leads"]) if app.config["leads"] else {"status": "ready"}

    @app.get("/openapi.json")
    def document() -> dict[str, Any]:
        return {"servers": [{"url": app.config["links"]}]}

    @app.get("/v1/me")
    def me() -> Any:
        return app.config["owner"]

    @app.post("/v1/subscriptions")
    def subscribe() -> Response:
        size, largest = len(request.get_data()), app.config["largest"]
        return Response("<html>", 413 if largest and size > largest else 200)

    with serving(app) as url:
        yield app, url


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An https server with a certificate of its own, and that certificate."""
    certificate, key = own_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = make_server(
        "127.0.0.1", 0, Flask(__name__), threaded=True, request_handler=Quiet, ssl_context=context
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """The files of a certificate for 127.0.0.1 that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "connector of the tests")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    where = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(where, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret
