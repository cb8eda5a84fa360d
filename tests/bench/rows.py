"""Very many dossiers in little time: one world made by the product's own actions, and copies of its rows made by the database.

Every copy has an employee, keys and purposes of its own. Nothing is measured here.
"""

import uuid
from collections.abc import Mapping

from django.db import connection
from django.utils import timezone

from bar.accounts.models import User
from consent.models import Answer, Grant, Seat, Share, SharePart
from dossiers.models import Dossier
from dossiers.parts import Part, Role
from dossiers.sealed import forget_keys, new_wrapped_key, remember_key, seal
from tests import databases
from tests.world import World, make_world, share_all

WHO = Role.UWV_LABOUR_EXPERT
MADE = 2  # dossiers that a world has of its own
KEPT = (Part.PROCESS, Part.CAPACITY, Part.CONSULTATION)


def many_dossiers(size: int, *, mine: int | None = None) -> World:
    """`size` dossiers, each shared with the UWV expert, who was given a yes; of these `mine` are the physician's (None: all), the others a
    colleague's."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # building is one long statement; what is measured keeps to the product's own limit
    world = make_world(shares=False, finals=0)
    share = share_all(world, WHO, today=timezone.localdate())
    _share_the_second(world)
    _numbers(size - MADE)
    people, dossier = world.people, world.dossier
    colleague = User.objects.create_user("colleague@proef.test", name="Co Collega", organisation=people["physician"].organisation)
    first_of_others = (size if mine is None else mine) - MADE

    def whose(column: str) -> str:
        return f"CASE WHEN b.i < {first_of_others} THEN t.{column} ELSE '{colleague.pk}' END"

    _copy("accounts_user", people["employee"].pk, id="b.employee", email="'bench' || b.i || '@proef.test'", name="b.name")
    _copy(
        "dossiers_dossier",
        dossier.pk,
        id="b.dossier",
        number="'D-' || translate(lpad(b.i::text, 9, '0'), '01', 'ZX')",
        wrapped_key="b.wrapped",
        employee_id="b.employee",
        employee_name="b.name",
        physician_id=whose("physician_id"),
        first_sick_day="t.first_sick_day - mod(b.i, 200)",
    )
    for column, person in (("physician_seat", people["physician"]), ("expert_seat", people[WHO])):
        seat = Seat.objects.get(dossier=dossier, person=person)
        of_physician = column == "physician_seat"
        _copy("consent_seat", seat.pk, id=f"b.{column}", dossier_id="b.dossier", **({"person_id": whose("person_id")} if of_physician else {}))
        _copy_grants(Grant.objects.get(seat=seat).pk, seat_id=f"b.{column}", **({"user_id": whose("user_id")} if of_physician else {}))
    _copy("consent_share", share.pk, id="b.share", dossier_id="b.dossier", purpose="b.purpose", last_day="t.last_day - mod(b.i, 90)")
    for place, part in enumerate(KEPT):
        row = SharePart.objects.get(share=share, part=part)
        _copy("consent_sharepart", row.pk, id=f"b.part{place}", dossier_id="b.dossier", share_id="b.share")
        _copy("consent_answer", Answer.objects.get(share_part=row).pk, id="gen_random_uuid()", dossier_id="b.dossier", share_part_id=f"b.part{place}")
        for grant in Grant.objects.filter(share_part=row):
            _copy_grants(grant.pk, share_part_id=f"b.part{place}")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench")
        cursor.execute("RESET statement_timeout")
    with databases.as_owner() as owner:
        owner.execute("VACUUM ANALYZE")
    return world


def _share_the_second(world: World) -> None:
    """The second dossier of the world is shared as well, so that both lists are as long."""
    other = Dossier.objects.exclude(pk=world.dossier.pk).get()
    share_all(World(other, {**world.people, "employee": other.employee}), WHO, today=timezone.localdate())


def _numbers(count: int) -> None:
    """A row of ids, a wrapped key and a sealed purpose for each copy."""
    ids = ("employee", "dossier", "physician_seat", "expert_seat", "share", *(f"part{place}" for place in range(len(KEPT))))
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} uuid" for name in ids)
        cursor.execute(f"CREATE TEMPORARY TABLE bench (i int, name text, wrapped text, purpose bytea, {columns})")
        with cursor.copy("COPY bench FROM STDIN") as copy:
            for number in range(count):
                made = {name: uuid.uuid4() for name in ids}
                wrapped = new_wrapped_key(made["dossier"])
                place = f"{Share._meta.db_table}|purpose|{made['share']}"
                purpose = seal(remember_key(made["dossier"], wrapped), b"Meedenken over werk.", bound_to=place)
                copy.write_row((number, f"Werknemer {uuid.UUID(int=number * 2654435761 % 2**32).hex[-8:]}", wrapped, purpose, *made.values()))
    forget_keys()


def _copy(table: str, template: uuid.UUID | int, **changed: str) -> None:
    """One more row like the template for each copy, with these columns changed."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        values = ", ".join(changed.get(name, f't."{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS t, bench AS b WHERE t.id = %s", [template])


def _copy_grants(template: uuid.UUID | int, **changed: str) -> None:
    _copy("consent_grant", template, **_own_id(), content_object_id="b.dossier", **changed)


def _own_id() -> Mapping[str, str]:
    """A grant has a number of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('consent_grant', 'id')")
        (sequence,) = cursor.fetchone()
    return {"id": f"nextval('{sequence}')"}
