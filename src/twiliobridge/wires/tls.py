"""The client's end of TLS without I/O, so that a wire can encrypt and write in one step."""

import ssl
from functools import cache

_READ_BYTES = 65536


class TlsFault(Exception):  # noqa: N818 -- "fault" is the word
    """The peer's bytes are no TLS of ours: a bad record, a bad certificate. One line."""


class Tls:
    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        """`host` is who the peer must be."""
        self.over = False
        "The peer said that it has no more to say, or can say no more."
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsaid = b""
        "Plain bytes that wait for the peer: one of TLS 1.2 may ask for a new handshake at any time."

    @property
    def waiting(self) -> int:
        """Bytes that were to be said and are not encrypted yet."""
        return len(self._unsaid)

    def shake_hands(self, data: bytes | bytearray | None) -> tuple[bool, bytes]:
        """Takes what the peer sent, None for the first time; whether the handshake is over, and what must be
        sent. Raises TlsFault.
        """
        if data is not None:
            self._feed(data)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False, self._outgoing.read()
        except ssl.SSLError as error:
            raise TlsFault(reason(error)) from None
        return True, self._outgoing.read()

    def encrypt(self, plain: bytes) -> bytes:
        """What must be sent to say `plain`; it may be more than that, or less."""
        self._unsaid += plain
        try:
            while self._unsaid:
                self._unsaid = self._unsaid[self._tls.write(self._unsaid) :]
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.over = True  # it was closed on our side by what the peer sent, which `decrypt` has told
        return self._outgoing.read()

    def decrypt(self, data: bytes) -> bytes:
        """What the peer's bytes say; `data` is empty where its stream has ended. Raises TlsFault.

        What must be sent in answer comes with the next `encrypt`.
        """
        self._feed(data)
        pieces = []
        try:
            while piece := self._tls.read(_READ_BYTES):
                pieces.append(piece)
            self.over = True
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self.over = True
        except ssl.SSLError as error:
            self.over = True
            if not pieces:
                raise TlsFault(reason(error)) from None
        return b"".join(pieces)

    def _feed(self, data: bytes | bytearray) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


@cache
def public_authorities() -> ssl.SSLContext:
    """The system's certificate authorities, read once: they are a megabyte."""
    return ssl.create_default_context()


def reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", None) or error.reason or str(error)
