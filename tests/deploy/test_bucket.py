"""Letters in a bucket: the same letter is made, read and tidied there, sealed; a bucket that is away is said in the words of a folder."""

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from moto import mock_aws
from pytest_django import Settings

from bar import env
from bar.bucket import BucketAway
from dossiers.models import LetterCopy, Reader
from dossiers.stored_pdf import read_pdf, remove_other_pdfs, write_pdf
from tests.world import World

NAME = "brieven-van-een-arbodienst"
GIVEN = {
    "LETTERS_STORAGE": "s3",
    "S3_BUCKET": NAME,
    "S3_REGION": "eu-central-1",
    "S3_ACCESS_KEY": "een-sleutel",
    "S3_SECRET_KEY": "geheim",
}


@pytest.fixture
def bucket(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 in this process, and the product set to it through the environment as an installation does."""
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        made = boto3.resource("s3", region_name="eu-central-1").create_bucket(
            Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        settings.STORAGES = {**settings.STORAGES, "letters": env.letters(settings.VAR)}
        yield made


def test_a_letter_is_kept_sealed_read_back_and_tidied_in_a_bucket(world: World, bucket: Any) -> None:
    copy = LetterCopy.objects.filter(letter__dossier=world.dossier, reader=Reader.EMPLOYER).latest("letter__made_at")
    pdf = b"%PDF-1.7 KANARIE in een bucket"
    stray = write_pdf(copy, b"%PDF-1.7 een poging die halverwege stierf")
    copy.stored_as, copy.sha256 = write_pdf(copy, pdf), hashlib.sha256(pdf).hexdigest()
    assert read_pdf(copy) == pdf
    kept = {one.key: one.get()["Body"].read() for one in bucket.objects.all()}
    assert set(kept) == {stray, copy.stored_as}
    assert not any(b"KANARIE" in sealed or b"PDF" in sealed for sealed in kept.values())
    remove_other_pdfs(copy)
    assert [one.key for one in bucket.objects.all()] == [copy.stored_as]


def test_nothing_in_a_bucket_is_given_to_the_public(bucket: Any) -> None:
    name = storages["letters"].save("x/y.sealed", ContentFile(b"verzegeld"))
    assert {str(grant["Grantee"].get("URI", "")) for grant in bucket.Object(name).Acl().grants} == {""}
    assert bucket.Object(name).get()["CacheControl"] == "no-store"


def test_what_is_not_there_and_a_bucket_that_refuses_are_errors_of_files(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        storages["letters"].open("x/weg.sealed", "rb")
    bucket.delete()
    with pytest.raises(BucketAway, match="refused"):
        storages["letters"].save("x/y.sealed", ContentFile(b"verzegeld"))

    def away(*_arguments: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://geheim.example")

    monkeypatch.setattr("storages.backends.s3.S3Storage.listdir", away)
    with pytest.raises(OSError, match="did not answer") as told:
        storages["letters"].listdir("x")
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LETTERS_STORAGE", "ftp", "LETTERS_STORAGE must be folder or s3"),
        ("S3_BUCKET", "", "S3_BUCKET is not set"),
        ("S3_ENDPOINT_URL", "http://opslag.example", "S3_ENDPOINT_URL must start with https://"),
    ],
)
def test_a_bad_setting_of_a_bucket_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    for one, given in {**GIVEN, name: value}.items():
        monkeypatch.setenv(one, given)
    with pytest.raises(ImproperlyConfigured, match=words):
        env.letters(settings.VAR)
