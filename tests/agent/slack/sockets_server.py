"""The server's end of a WebSocket (RFC 6455): as much as Slack's Socket Mode needs, and no library."""

import base64
import contextlib
import hashlib
import socket
import struct
import threading
from collections.abc import Iterator
from typing import BinaryIO

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(key: str) -> str:
    """`Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`."""
    return base64.b64encode(hashlib.sha1(f"{key}{_MAGIC}".encode()).digest()).decode()


class WebSocket:
    """One connection, after its handshake."""

    def __init__(self, plug: socket.socket, reader: BinaryIO) -> None:
        self._plug = plug
        self._reader = reader
        self._sending = threading.Lock()
        self.open = True

    def texts(self) -> Iterator[str]:
        """Messages of the other side until it closes; pings are answered."""
        with contextlib.suppress(OSError, EOFError, ValueError):
            while self.open:
                opcode, data = self._frame()
                if opcode == TEXT:
                    yield data.decode()
                elif opcode == PING:
                    self._send(PONG, data)
                elif opcode == CLOSE:
                    break
        self.open = False

    def send(self, text: str) -> None:
        """Raises OSError where the other side has gone."""
        self._send(TEXT, text.encode())

    def close(self, code: int = 1000) -> None:
        """Say goodbye, as Slack does before it closes a connection."""
        with contextlib.suppress(OSError):
            self._send(CLOSE, struct.pack("!H", code))
        self.open = False

    def cut(self) -> None:
        """The network breaks."""
        self.open = False
        with contextlib.suppress(OSError):
            self._plug.shutdown(socket.SHUT_RDWR)

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._read(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self._read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._read(8))
        mask = self._read(4) if second & 0x80 else b"\0\0\0\0"
        data = self._read(length)
        return first & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))

    def _read(self, count: int) -> bytes:
        data = self._reader.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def _send(self, opcode: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        with self._sending:
            self._plug.sendall(head + data)
