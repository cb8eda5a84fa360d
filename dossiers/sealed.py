"""Encryption at rest: a data key per dossier, wrapped by the key ring of the environment.

AES-256-GCM (NIST SP 800-38D). Associated data is table, column and the row's UUID, so that a ciphertext moved elsewhere does not open.
Rotating the ring rewraps data keys only; final rows never change. What is not a key, a field or a hash does not belong here.
"""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _Column = models.BinaryField[Any, Any]
else:
    _Column = models.BinaryField  # generic for the type checker only

NONCE = 12  # bytes; random per message, as SP 800-38D 8.2.2 allows for far more messages than one dossier holds
CACHE_SECONDS = 300
CACHE_SIZE = 1000


class SealBroken(Exception):
    """A ciphertext does not open: wrong or missing key, changed bytes, or moved to another row or column.

    `place` is "table.column", `dossier_id` whose key it asked for, when that is known. Neither it nor its words ever hold content.
    """

    def __init__(self, message: str, *, place: str = "", dossier_id: uuid.UUID | None = None) -> None:
        super().__init__(message)
        self.place = place
        self.dossier_id = dossier_id


def seal(key: bytes, plaintext: bytes, *, bound_to: str) -> bytes:
    """Encrypt for one place: `bound_to` is "table|column|row"."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to.encode())


def unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt what was sealed for this place. Raises `SealBroken`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: too short to be one
        table, _, rest = bound_to.partition("|")
        place = f"{table}.{rest.partition('|')[0]}"
        raise SealBroken(f"a sealed value of {place} does not open", place=place) from error


# --- the key ring ------------------------------------------------------------------------------


def key_ring() -> OrderedDict[str, bytes]:
    """The wrapping keys of SEALING_KEYS ("id:base64", separated by commas). The first one writes; all of them read."""
    ring: OrderedDict[str, bytes] = OrderedDict()
    for entry in settings.SEALING_KEYS.split(","):
        name, _, value = entry.strip().partition(":")
        try:
            key = base64.b64decode(value, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured("SEALING_KEYS must hold id:base64 pairs.") from error
        if not name.isalnum() or len(name) > 16 or len(key) != 32:
            raise ImproperlyConfigured("SEALING_KEYS must hold pairs of a short id and 32 bytes in base64.")
        if name in ring:
            raise ImproperlyConfigured(f"SEALING_KEYS holds the id {name} twice. Give every key an id of its own.")
        ring[name] = key
    return ring


def newest_key() -> str:
    """The id of the key that writes."""
    return next(iter(key_ring()))


def new_wrapped_key(dossier_id: uuid.UUID) -> str:
    """A fresh data key for a dossier, wrapped by the first key of the ring: "id:base64"."""
    return _seal_with_ring(AESGCM.generate_key(bit_length=256), _key_place(dossier_id))


def seal_text(text: str, *, bound_to: str) -> str:
    """Seal a secret that belongs to no dossier (a key of a second factor, the secret of a provider): "id:base64"."""
    return _seal_with_ring(text.encode(), bound_to)


def unseal_text(sealed: str, *, bound_to: str) -> str:
    """Open what `seal_text` sealed for this place. Raises `SealBroken`."""
    return _open_with_ring(sealed, bound_to).decode()


def rewrapped_key(dossier_id: uuid.UUID, wrapped: str) -> str:
    """The same data key under the first key of the ring; as it was when it is already. Raises `SealBroken`."""
    return wrapped if is_newest(wrapped) else _seal_with_ring(unwrapped_key(dossier_id, wrapped), _key_place(dossier_id))


def resealed_text(sealed: str, *, bound_to: str) -> str:
    """The same secret under the first key of the ring; as it was when it is already. Raises `SealBroken`."""
    return sealed if is_newest(sealed) else seal_text(unseal_text(sealed, bound_to=bound_to), bound_to=bound_to)


def is_newest(sealed: str) -> bool:
    """Whether an "id:base64" is under the first key of the ring."""
    return sealed.startswith(f"{newest_key()}:")


def _seal_with_ring(plaintext: bytes, place: str) -> str:
    name, key = next(iter(key_ring().items()))
    return f"{name}:{base64.b64encode(seal(key, plaintext, bound_to=place)).decode()}"


def _open_with_ring(sealed: str, place: str) -> bytes:
    name, _, value = sealed.partition(":")
    ring = key_ring()
    spot = ".".join(place.split("|")[:2])
    if name not in ring:
        raise SealBroken(f"the key ring does not have the key that {spot} asks for", place=spot)
    try:
        ciphertext = base64.b64decode(value, validate=True)
    except ValueError as error:
        raise SealBroken(f"a sealed value of {spot} is damaged", place=spot) from error
    return unseal(ring[name], ciphertext, bound_to=place)


def unwrapped_key(dossier_id: uuid.UUID, wrapped: str) -> bytes:
    """The data key behind a wrapped key, kept nowhere. Raises `SealBroken`."""
    try:
        return _open_with_ring(wrapped, _key_place(dossier_id))
    except SealBroken as broken:
        broken.dossier_id = dossier_id
        raise


def _key_place(dossier_id: uuid.UUID) -> str:
    return f"dossiers_dossier|wrapped_key|{dossier_id}"


_cache: OrderedDict[uuid.UUID, tuple[float, bytes]] = OrderedDict()
_cache_lock = Lock()


def data_key(dossier_id: uuid.UUID) -> bytes:
    """The data key of a dossier. Kept in memory for at most five minutes, so that destroying a key takes effect soon."""
    with _cache_lock:
        _forget_old_keys()
        found = _cache.get(dossier_id)
        if found:
            return found[1]
    wrapped = apps.get_model("dossiers", "Dossier")._default_manager.values_list("wrapped_key", flat=True).get(pk=dossier_id)
    return remember_key(dossier_id, wrapped)


def remember_key(dossier_id: uuid.UUID, wrapped: str) -> bytes:
    """Unwrap a data key and keep it for a while; for lists, that fetched many dossiers with their wrapped keys in one query."""
    key = unwrapped_key(dossier_id, wrapped)
    with _cache_lock:
        _cache[dossier_id] = (time.monotonic() + CACHE_SECONDS, key)
        _cache.move_to_end(dossier_id)
        _forget_old_keys()
    return key


def _forget_old_keys() -> None:
    """Drop what is too old or too much; the oldest stands first."""
    now = time.monotonic()
    while _cache and (len(_cache) > CACHE_SIZE or next(iter(_cache.values()))[0] <= now):
        _cache.popitem(last=False)


def forget_keys() -> None:
    """Drop every cached data key."""
    with _cache_lock:
        _cache.clear()


# --- hashes ------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces: the same value gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def keyed_hash(value: object) -> str:
    """HMAC-SHA-256 (RFC 2104) over the canonical plaintext, so that a short text cannot be guessed from its hash."""
    return hmac.new(settings.HASH_KEY.encode(), canonical(value), hashlib.sha256).hexdigest()


# --- model fields ------------------------------------------------------------------------------


class Ciphertext(bytes):
    """Bytes as they came from the database, not opened yet."""


class _Opener:
    """Attribute of a sealed field: opens the ciphertext when it is first read."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        state = instance.__dict__
        if self.field.attname not in state:
            instance.refresh_from_db(fields=[self.field.attname])
        value = state.get(self.field.attname)
        if isinstance(value, Ciphertext):
            value = self.field.decode(_open_here(instance, value, self.field.place(instance)))
            state[self.field.attname] = value
        elif value is None:
            value = self.field.empty()
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def _key_of(instance: models.Model) -> bytes:
    return data_key(_dossier_of(instance))


def _dossier_of(instance: models.Model) -> uuid.UUID:
    found: uuid.UUID = getattr(instance, "dossier_id", None) or instance.pk
    return found


def _open_here(instance: models.Model, value: Ciphertext, place: str) -> bytes:
    try:
        return unseal(_key_of(instance), value, bound_to=place)
    except SealBroken as broken:
        broken.dossier_id = _dossier_of(instance)
        raise


class SealedField(_Column, ABC):
    """Bytes in the database, a value in Python. Empty is NULL, so that constraints can speak about presence.

    The row must carry `dossier_id` (or be the dossier) and a UUID primary key made in Python. `QuerySet.update` cannot seal and is refused.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, default=None, editable=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for key in ("null", "blank", "default", "editable"):
            kwargs.pop(key, None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Opener(self))

    def place(self, instance: models.Model) -> str:
        """Where this value belongs: table, column, row."""
        return f"{instance._meta.db_table}|{self.column}|{instance.pk}"

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Ciphertext):  # unchanged since it was read
            return value
        if value is None or value == self.empty():
            return None
        return Ciphertext(seal(_key_of(model_instance), self.encode(value), bound_to=self.place(model_instance)))

    def from_db_value(self, value: bytes | memoryview | None, expression: object, connection: "BaseDatabaseWrapper") -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def get_db_prep_value(self, value: Any, connection: "BaseDatabaseWrapper", prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.name} is sealed: save the row, update() and filter() cannot seal")
        return super().get_db_prep_value(value, connection, prepared)

    def get_default(self) -> None:
        return None

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("a sealed field is not serialised")

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """The value as plaintext bytes."""

    @abstractmethod
    def decode(self, plaintext: bytes) -> Any:
        """The value that `encode` wrote."""

    @abstractmethod
    def empty(self) -> Any:
        """What an empty column reads as."""


class SealedText(SealedField):
    """A sealed text; empty text is NULL and reads as ""."""

    description: ClassVar[str] = "sealed text"  # type: ignore[misc]

    def encode(self, value: str) -> bytes:
        return value.encode()

    def decode(self, plaintext: bytes) -> str:
        return plaintext.decode()

    def empty(self) -> str:
        return ""


class SealedJSON(SealedField):
    """A sealed JSON value; None is NULL."""

    def encode(self, value: Any) -> bytes:
        return canonical(value)

    def decode(self, plaintext: bytes) -> Any:
        return json.loads(plaintext)

    def empty(self) -> None:
        return None
