"""TLS for the server: a certificate that exists, or one that is made at start and trusted by nobody yet."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

LOOPBACK = ("localhost", "127.0.0.1", "::1")

WAY_OUT = "pip install 'twiliobridge[tls]'"


class NoCertificate(Exception):  # noqa: N818 -- the sentence that it is
    """One line: what is missing, and the way out."""


@dataclass(frozen=True)
class Identity:
    """What the server shows to its clients."""

    context: ssl.SSLContext
    authority: Path | None = None
    "A file with the certificate that a client must trust; None: one that clients know."

    @property
    def advice(self) -> str:
        """How a client is told to trust it; empty where it need not be told."""
        if self.authority is None:
            return ""
        return (
            f"clients trust it by NODE_EXTRA_CA_CERTS={self.authority} (Node), SSL_CERT_FILE={self.authority}"
        )


def from_files(certificate: Path, key: Path) -> Identity:
    """PEM files. Raises NoCertificate for files that are none, or do not belong together."""
    context = _context()
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise NoCertificate(f"no certificate in {certificate} with the key {key}: {_reason(error)}") from None
    return Identity(context)


@contextmanager
def self_signed(*hosts: str) -> Iterator[Identity]:
    """A certificate for loopback and `hosts`; the file of its authority is gone after the block.

    Raises NoCertificate without the extra `[tls]`: the standard library cannot make one, and what can, the
    package cryptography, is larger than all that this package needs otherwise.
    """
    try:
        trustme = import_module("trustme")
    except ImportError:
        raise NoCertificate(f"a self-signed certificate needs trustme: {WAY_OUT}") from None
    authority = trustme.CA()
    context = _context()
    authority.issue_cert(*dict.fromkeys((*LOOPBACK, *hosts))).configure_cert(context)
    with TemporaryDirectory(prefix="twiliobridge-") as folder:
        file = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(file))
        yield Identity(context, file)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)


def _reason(error: OSError) -> str:
    return (error.reason if isinstance(error, ssl.SSLError) else error.strerror) or str(error)
