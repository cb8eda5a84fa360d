"""What is sealed stays where it belongs: bound to its row and column, empty as NULL, unreadable without the ring."""

import uuid

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dossiers.models import AreaFinding, EmployeeView, WrittenBy
from dossiers.models.dossier import Dossier
from dossiers.parts import Part
from dossiers.sealed import SealBroken, data_key, forget_keys, keyed_hash, new_wrapped_key, seal, unseal
from tests.world import World, canary

KEY = bytes(range(32))


@given(st.binary(max_size=2000), st.text(max_size=30))
def test_what_is_sealed_opens_in_the_same_place_only(plaintext: bytes, place: str) -> None:
    sealed = seal(KEY, plaintext, bound_to=place)
    assert unseal(KEY, sealed, bound_to=place) == plaintext
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, bound_to=f"{place}|elsewhere")
    with pytest.raises(SealBroken):
        unseal(bytes(32), sealed, bound_to=place)


@given(st.binary(min_size=1, max_size=200), st.integers(0, 10_000))
def test_one_changed_bit_is_noticed(plaintext: bytes, where: int) -> None:
    sealed = bytearray(seal(KEY, plaintext, bound_to="here"))
    sealed[where % len(sealed)] ^= 1
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), bound_to="here")


def test_the_database_holds_no_text_of_a_dossier(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = 0
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # the names come from the catalogue
            for (text,) in cursor.fetchall():
                rows += 1
                assert "KANARIE" not in text, table
                assert b"KANARIE".hex() not in text, table
                assert b"Niet meer dan 5 kilo".hex() not in text, table
    assert rows > 300
    found = AreaFinding.objects.get(assessment=world.version(1), item="d430")
    assert found.explanation == canary(Part.EXPLANATION, "tillen")


def test_empty_text_is_null(world: World) -> None:
    found = AreaFinding.objects.get(assessment=world.version(1), item="d240")
    assert found.condition == ""
    assert AreaFinding.objects.filter(pk=found.pk, condition__isnull=True).exists()


def test_a_ciphertext_moved_to_another_row_or_column_does_not_open(bare_world: World) -> None:
    row = EmployeeView.objects.get(dossier=bare_world.dossier)
    other = EmployeeView(
        dossier=bare_world.dossier, written_by=WrittenBy.PHYSICIAN, can_do="Iets anders.", changed_by=row.changed_by, changed_at=row.changed_at
    )
    other.save()
    take = "(SELECT can_do FROM dossiers_employeeview WHERE id = %s)"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_employeeview SET needs = can_do WHERE id = %s", [row.pk])
        cursor.execute(f"UPDATE dossiers_employeeview SET can_do = {take} WHERE id = %s", [row.pk, other.pk])
    with pytest.raises(SealBroken):
        _ = EmployeeView.objects.get(pk=row.pk).needs
    with pytest.raises(SealBroken):
        _ = EmployeeView.objects.get(pk=other.pk).can_do
    assert EmployeeView.objects.get(pk=row.pk).can_do == canary(Part.EMPLOYEE_VIEW, "kan")


def test_an_unchanged_row_keeps_its_ciphertext(world: World) -> None:
    def stored() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute("SELECT can_do FROM dossiers_employeeview WHERE dossier_id = %s", [world.dossier.pk])
            return bytes(cursor.fetchone()[0])

    before = stored()
    row = EmployeeView.objects.get(dossier=world.dossier)
    row.save()
    assert stored() == before


def test_update_and_filter_cannot_seal(world: World) -> None:
    with pytest.raises(TypeError):
        EmployeeView.objects.update(can_do="in clear")
    with pytest.raises(TypeError):
        EmployeeView.objects.filter(can_do="in clear").exists()


def test_each_dossier_has_its_own_key_and_a_lost_one_touches_no_other(world: World) -> None:
    one, other = Dossier.objects.all()[:2]
    assert data_key(one.pk) != data_key(other.pk)
    Dossier.objects.filter(pk=other.pk).update(wrapped_key=new_wrapped_key(uuid.uuid4()))
    forget_keys()
    with pytest.raises(SealBroken):
        data_key(other.pk)
    data_key(one.pk)


def test_a_hash_depends_on_the_key_and_not_on_the_order_of_fields() -> None:
    assert keyed_hash({"a": 1, "b": "é"}) == keyed_hash({"b": "é", "a": 1})
    assert keyed_hash({"a": 1}) != keyed_hash({"a": 2})
    assert len(keyed_hash({})) == 64
