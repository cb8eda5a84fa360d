"""What somebody with a copy of everything but the keys reads: nothing. And a ciphertext opens in its own place only."""

import base64
import random
import subprocess
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from bar.backup.programs import environment_of, program
from dossiers.models import Dossier, LetterCopy
from dossiers.parts import Part
from dossiers.sealed import SealBroken, SealedField, data_key, unseal
from tests.sealed.planted import plant
from tests.sealed.test_columns import sealed_columns
from tests.world import World, canary, make_world

MOVES = 10_000


@pytest.fixture
def letters_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where letters are stored."""
    folder = tmp_path / "letters"
    mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
    settings.STORAGES = {**settings.STORAGES, "letters": mine}
    return folder


def dump() -> bytes:
    """The whole database as its owner sees it, as text: what a thief of a dump has."""
    owner = django_settings.DATABASES["owner"]
    made = subprocess.run([program("pg_dump"), "--format=plain"], env=environment_of(owner), capture_output=True, check=True)
    return made.stdout


def found_in(canaries: Iterable[str], content: bytes) -> list[str]:
    """Which canaries stand in it, as they are or in the ways a database or a program writes bytes."""
    lower = content.lower()

    def stands(text: str) -> bool:
        plain = text.encode()
        return plain in content or plain.hex().encode() in lower or base64.b64encode(plain)[:-4] in content or zlib.compress(plain) in content

    return [text for text in canaries if stands(text)]


@pytest.mark.django_db(transaction=True)
def test_a_dump_without_the_keys_shows_none_of_a_hundred_canaries(letters_folder: Path) -> None:
    world = make_world(render=True)
    planted = plant(world)
    in_letter = ["Laat zware pakketten staan.", "Niet meer dan 5 kilo tillen.", "Maak samen het plan van aanpak."]
    told = [canary(Part.EXPLANATION, "tillen"), canary(Part.EMPLOYEE_VIEW, "kan"), canary(Part.CONTEXT, "gezin"), canary(Part.CONSULTATION, "vraag")]
    assert len(planted) >= 100
    covered = {f"{row._meta.model_name}.{row._meta.get_field(name).column}" for row, name in planted.values()}  # type: ignore[union-attr]
    assert set(sealed_columns()) - covered == {"letter.core"}  # its text is that of `in_letter`
    files = [path.read_bytes() for path in letters_folder.rglob("*.sealed")]
    assert len(files) == LetterCopy.objects.filter(dossier=world.dossier).count() == 2
    everything = dump() + b"".join(files)
    assert world.number.encode() in everything
    assert not found_in([*planted, *in_letter, *told], everything)
    # The same search finds them where they may be read: opened with the keys, and on the page of the physician.
    opened = [getattr(type(row)._default_manager.get(pk=row.pk), name) for row, name in planted.values()]
    assert len(found_in(planted, repr(opened).encode())) == len(planted)
    page = world.client("physician").get(f"/dossier/{world.number}/bar/1/").content
    assert len(found_in(told, page)) == len(told)
    Dossier.objects.filter(pk=world.dossier.pk).update(job_title=next(iter(planted)))
    assert len(found_in(planted, dump())) == 1  # and one in clear is seen


def ciphertexts() -> list[tuple[str, str, bytes, bytes]]:
    """Table|column|row, dossier, ciphertext and data key of everything sealed in the database."""
    found = []
    for model in apps.get_models():
        for field in [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]:
            with connection.cursor() as cursor:
                table, column = model._meta.db_table, field.column
                cursor.execute(f'SELECT id, dossier_id, "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
                found += [(f"{table}|{column}|{pk}", dossier, bytes(value)) for pk, dossier, value in cursor.fetchall()]
    return [(place, str(dossier), value, data_key(dossier)) for place, dossier, value in found]


def test_ten_thousand_ciphertexts_moved_elsewhere_do_not_open(world: World) -> None:
    plant(world)
    everything = ciphertexts()
    assert len(everything) > 120
    for place, _, value, key in everything:
        assert unseal(key, value, bound_to=place)
    dice, refused, kinds = random.Random(7), 0, set()  # noqa: S311 -- a fixed seed, not a secret
    while refused < MOVES:
        (here, _, value, _), (there, _, _, key) = dice.sample(everything, 2)
        with pytest.raises(SealBroken):
            unseal(key, value, bound_to=there)
        refused += 1
        same = [one == other for one, other in zip(here.split("|"), there.split("|"), strict=True)]
        kinds.add("column" if same[0] and not same[1] else "row" if same[0] else "table")
    assert kinds == {"column", "row", "table"}


def test_a_ciphertext_of_another_dossier_does_not_open(world: World) -> None:
    other = Dossier.objects.exclude(pk=world.dossier.pk).get()
    place, _, value, _ = ciphertexts()[0]
    with pytest.raises(SealBroken):
        unseal(data_key(other.pk), value, bound_to=place)
