"""Sealed PDFs in a bucket of an S3-compatible service (LETTERS_STORAGE=s3): Django's storage from django-storages, with the errors of a folder.

What uses it knows files only: a service that is away is an OSError, a file that is not there a FileNotFoundError. Only sealed bytes come here,
under names without anything of anybody.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

R = TypeVar("R")
NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class BucketAway(OSError):
    """The service does not answer, or refuses us. Says nothing of what was asked."""


@contextmanager
def _as_a_folder() -> Iterator[None]:
    try:
        yield
    except ClientError as problem:
        if problem.response.get("Error", {}).get("Code") in NOT_THERE:
            raise FileNotFoundError("there is no such file in the bucket") from None
        raise BucketAway("the bucket refused") from None
    except BotoCoreError as problem:
        raise BucketAway(f"the bucket did not answer ({type(problem).__name__})") from None


class Bucket(S3Storage):
    """See the module docstring."""

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        """The whole file, in one question."""
        with _as_a_folder():
            found = self.bucket.Object(name).get()["Body"].read()
        return ContentFile(found, name)

    def _save(self, name: str, content: Any) -> str:
        return str(_asked(super()._save, name, content))

    def delete(self, name: str) -> None:
        _asked(super().delete, name)

    def exists(self, name: str) -> bool:
        return bool(_asked(super().exists, name))

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        folders, files = _asked(super().listdir, name)
        return list(folders), list(files)


def _asked(ask: Callable[..., R], *arguments: object) -> R:
    with _as_a_folder():
        return ask(*arguments)
