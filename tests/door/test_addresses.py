"""Where the door goes and where it does not: private addresses, rebinding, redirects."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connector.core.model import Failure, Request, Response
from connector.http import Door, dial
from connector.http.addresses import public
from tests.door.conftest import MakeDoor
from tests.door.raw import raw, reply, says

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00::1"])
def test_a_public_address_is(address: str) -> None:
    assert public(address)


HOSTS = [f"[{one}]" if ":" in one else one for one in PRIVATE if "%" not in one]
DISGUISED = ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "localhost", "localhost.", "LOCALHOST"]


@pytest.mark.parametrize("host", HOSTS + DISGUISED)
def test_a_private_host_is_refused_before_and_while_sending(door: Door, host: str) -> None:
    assert door.objection(f"https://{host}/hook") is not None
    for scheme in ("http", "https"):
        outcome = door.send(Request("POST", f"{scheme}://{host}:9/hook?key=secret", timeout=5))
        assert isinstance(outcome, Failure)
        assert (outcome.sent, outcome.refused) == (False, True)
        assert "secret" not in outcome.reason


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://example.com/", "https"),
        ("ftp://example.com/", "https"),
        ("example.com", "https"),
        ("https://me:secret@example.com/", "password"),
        ("https://@example.com/", "password"),
        ("https:///path", "host"),
        ("https://.../", "host"),
        ("https://exa_mple!.com/", "host"),
        ("https://[::1/", "host"),
        ("https://example.com:99999/", "port"),
        ("https://example.com:22/", "port"),
        ("https://example.com/" + "a" * 2048, "2048"),
        ("https://example.com/a b", "spaces"),
        ("https://example.com/\r\nHost: x", "control"),
        ("https://example.com\\@127.0.0.1/", "backslashes"),
        ("https://sub.localhost/", "public"),
    ],
)
def test_an_objection_says_what_to_do(door: Door, url: str, word: str) -> None:
    sentence = door.objection(url)
    assert sentence is not None
    assert sentence.startswith("Use ")
    assert word in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://bücher.example:8443/a?b=c", "https://[2606:4700::1111]/x"],
)
def test_a_public_https_url_meets_no_objection(door: Door, url: str) -> None:
    assert door.objection(url) is None


def test_a_listed_host_may_be_private_and_http(make_door: MakeDoor) -> None:
    with raw(says(reply())) as server:
        port = int(server.url.rpartition(":")[2])
        for listed in ("127.0.0.1", f"127.0.0.1:{port}"):
            door = make_door(allowed_hosts=frozenset({listed}))
            assert door.objection(server.url) is None
            assert isinstance(door.send(Request("GET", server.url)), Response)
        door = make_door(allowed_hosts=frozenset({"127.0.0.1:1"}))
        assert door.objection(server.url) is not None
        assert getattr(door.send(Request("GET", server.url)), "refused", False)


def test_a_connection_of_our_own_is_not_lent_to_strangers(door: Door) -> None:
    with raw(says(reply())) as server:
        assert isinstance(door.send(Request("GET", server.url, own=True)), Response)
        assert getattr(door.send(Request("GET", server.url)), "refused", False)


class Names:
    """A resolver that gives other addresses every time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


def test_a_name_is_looked_up_once_and_the_checked_address_dialled(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    dialled: list[str] = []

    def connect(row: Any, seconds: float) -> socket.socket:
        dialled.append(row[4][0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(dial, "connect", connect)
    outcome = door.send(Request("GET", "https://rebinds.example/"))
    assert outcome == Failure("connection refused", sent=False)
    assert dialled == ["93.184.216.34"]
    assert names.asked == 1


def test_one_private_address_among_public_ones_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["93.184.216.34", "10.0.0.1"]))
    outcome = door.send(Request("GET", "https://mixed.example/"))
    assert outcome == Failure("the address is not public", sent=False, refused=True)


@pytest.mark.parametrize("url", ["", "nothing", "https://", "https://[::1", "https://a:b:c/", "\0"])
def test_an_unreadable_url_is_refused(door: Door, url: str) -> None:
    outcome = door.send(Request("GET", url, own=True))
    assert isinstance(outcome, Failure)
    assert (outcome.sent, outcome.refused) == (False, True)


def test_a_redirect_is_an_answer_like_any_other(door: Door) -> None:
    with raw(says(reply())) as second:
        location = f"Location: {second.url}/x\r\nSet-Cookie: a=b\r\n"
        with raw(says(reply(b'{"moved":true}', "302 Found", location))) as first:
            outcomes = [door.send(Request("GET", first.url, own=True)) for _ in range(2)]
    assert all(isinstance(one, Response) and one.status == 302 for one in outcomes)
    assert getattr(outcomes[0], "headers", {})["location"] == f"{second.url}/x"
    assert second.requests == []
    assert b"a=b" not in b"".join(first.requests)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of hooks.example, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    path = tmp_path / "hooks.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, form, plain) + built.public_bytes(pem))
    return path


def test_tls_names_the_host_and_not_the_address(
    make_door: MakeDoor, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    asked: list[str] = []
    serving.sni_callback = lambda sock, name, context: asked.append(name)
    heard: list[bytes] = []

    def play(sock: socket.socket, head: bytes) -> None:
        with serving.wrap_socket(sock.dup(), server_side=True) as safe:
            heard.append(safe.recv(65536))
            safe.sendall(reply(b'{"ok":true}'))

    monkeypatch.setattr(dial, "public", lambda address: ipaddress.ip_address(address).is_loopback)
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))
    door = make_door(tls=ssl.create_default_context(cafile=str(certificate)))
    with raw(play, hear=False) as server:
        port = server.url.rpartition(":")[2]
        good = door.send(Request("GET", f"https://hooks.example:{port}/"))
        bad = door.send(Request("GET", f"https://other.example:{port}/?key=secret"))
    assert isinstance(good, Response)
    assert good.body == {"ok": True}
    assert f"Host: hooks.example:{port}".encode() in heard[0]
    assert asked == ["hooks.example", "other.example"]
    assert bad == Failure("the TLS handshake failed", sent=False)
