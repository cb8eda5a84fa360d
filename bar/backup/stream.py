"""One encrypted file, written and read in a stream: AES-256-GCM in numbered pieces, so that a piece that is changed, moved or missing is found.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: a key of its own per file (HKDF-SHA-256 and a random salt), the
number of the piece and "this is the last one" in the nonce. What is in the file does not belong here.
"""

import base64
import os
from collections import OrderedDict
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from bar.backup.problem import BackupProblem

MAGIC = b"bar-backup 1 "
PIECE = 1 << 20  # bytes of plaintext
TAG = 16
SALT = 16
HOW = "BACKUP_KEY must hold id:base64 of 32 random bytes"
DAMAGED = "This backup does not open: it is damaged, it was cut off, or it is not a backup of this product."


def keys() -> OrderedDict[str, bytes]:
    """The keys of BACKUP_KEY; the first one writes."""
    found: OrderedDict[str, bytes] = OrderedDict()
    for entry in filter(None, (one.strip() for one in settings.BACKUP_KEY.split(","))):
        name, _, value = entry.partition(":")
        try:
            key = base64.b64decode(value, validate=True)
        except ValueError as error:
            raise BackupProblem(f"{HOW}.") from error
        if not name.isalnum() or len(name) > 16 or len(key) != 32 or name in found:
            raise BackupProblem(f"{HOW}, every id once.")
        found[name] = key
    if not found:
        raise BackupProblem(f"BACKUP_KEY is not set: a backup is never written without encryption. {HOW}; keep it apart from the backups.")
    return found


def _cipher(key: bytes, header: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=header).derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


class Sealing:
    """A file to write to; `close` writes the last piece, without which nothing opens."""

    def __init__(self, file: IO[bytes]) -> None:
        name, key = next(iter(keys().items()))
        header, salt = MAGIC + name.encode() + b"\n", os.urandom(SALT)
        self._file, self._cipher = file, _cipher(key, header, salt)
        self._rest, self._number = bytearray(), 0
        file.write(header + salt)

    def write(self, content: bytes) -> int:
        """Add bytes. A piece is written when it is known not to be the last one."""
        self._rest += content
        while len(self._rest) > PIECE:
            self._put(bytes(self._rest[:PIECE]), is_last=False)
            del self._rest[:PIECE]
        return len(content)

    def close(self) -> None:
        """Write the last piece. The file itself is the caller's to close."""
        self._put(bytes(self._rest), is_last=True)
        self._rest.clear()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), piece, None))
        self._number += 1


class Opening:
    """The same file to read from. Raises `BackupProblem` at the first byte that is not what was written."""

    def __init__(self, file: IO[bytes]) -> None:
        header = file.readline(len(MAGIC) + 18)
        salt = file.read(SALT)
        if not header.startswith(MAGIC) or not header.endswith(b"\n") or len(salt) != SALT:
            raise BackupProblem("This file is not a backup of this product.")
        name = header[len(MAGIC) : -1].decode("ascii", "replace")
        ring = keys()
        if name not in ring:
            raise BackupProblem(f"This backup was made with key {name!r}, and BACKUP_KEY does not hold it. Add it after the keys that are there.")
        self._file, self._cipher = file, _cipher(ring[name], header, salt)
        self._ahead, self._open, self._number, self._is_over = file.read(PIECE + TAG), bytearray(), 0, False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end only; all that is left without a number."""
        while not self._is_over and (size < 0 or len(self._open) < size):
            self._next()
        found = bytes(self._open if size < 0 else self._open[:size])
        del self._open[: len(found)]
        return found

    def _next(self) -> None:
        piece, self._ahead = self._ahead, self._file.read(PIECE + TAG)
        self._is_over = not self._ahead
        try:
            self._open += self._cipher.decrypt(_nonce(self._number, is_last=self._is_over), piece, None)
        except (InvalidTag, ValueError) as error:
            raise BackupProblem(DAMAGED) from error
        self._number += 1
