"""Machines that we call: a real server on this machine, over TLS or not, which answers what it is told to."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Told = tuple[int, dict[str, str], bytes]


def told(document: Any, status: int = 200, kind: str = "application/fhir+json", **headers: str) -> Told:
    """An answer: JSON unless it is bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return status, {"content-type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}, body


class Machine:
    """answer: from the path that was asked to what is told. asked: every path, with its headers. slow: seconds between bytes."""

    def __init__(self, answer: Callable[[str], Told], certificate: Path | None = None) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer, self.slow, self.connections = answer, 0.0, 0
        machine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

            def setup(self) -> None:
                machine.connections += 1
                super().setup()

            def do_GET(self) -> None:
                machine.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = machine.answer(self.path)
                self.send_response(status)
                for name, value in ({"content-length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                for place in range(0, len(body), 1 if machine.slow else len(body)):
                    self.wfile.write(body[place : place + (1 if machine.slow else len(body))])
                    time.sleep(machine.slow)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """The other side went away, which is what many tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.address = f"{self.scheme}://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[Machine]:
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()


def certificate(folder: Path, *names: str) -> Path:
    """A file with a key and a certificate that it signed for itself, for these names."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a machine of a test")])
    held = [x509.DNSName(name) if name[0].isalpha() else x509.IPAddress(ip_address(name)) for name in names]
    built = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    built = built.add_extension(x509.SubjectAlternativeName(held), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signed = built.sign(key, hashes.SHA256())
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return path
