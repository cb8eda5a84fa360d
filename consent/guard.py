"""The only place that speaks to django-guardian.

Its defaults are wrong for health data (superusers pass, `obj=None` grants on everything, global permissions count);
these wrappers leave no room for them.
A Grant stands behind a seat or an opened share part, and goes with the act that ends it, never by date.
"""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from guardian.shortcuts import get_objects_for_user

from consent.access import open_seats
from consent.models import Grant, Seat, SharePart
from dossiers.models import Dossier
from dossiers.parts import Act, Part, permission


def _permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type=ContentType.objects.get_for_model(Dossier))


def grant_seat(seat: Seat) -> Grant:
    """The one Grant of a seat: `open_dossier`."""
    grant = Grant(user_id=seat.person_id, permission=_permission("open_dossier"), content_object_id=seat.dossier_id, seat=seat)
    grant.save()
    return grant


def grant_share_part(part: SharePart) -> list[Grant]:
    """One Grant per act of a share part that the employee said yes to."""
    acts = [Act.READ, Act.WRITE] if part.write else [Act.READ]
    return [
        Grant.objects.create(
            user_id=part.share.person_id, permission=_permission(permission(Part(part.part), act)), content_object_id=part.dossier_id, share_part=part
        )
        for act in acts
    ]


def revoke(*, seat: Seat | None = None, share_part: SharePart | None = None) -> None:
    """Remove the Grants behind a seat or share part that an act has ended."""
    if seat is not None:
        Grant.objects.filter(seat=seat).delete()
    if share_part is not None:
        Grant.objects.filter(share_part=share_part).delete()


def dossiers_of(person: AbstractBaseUser, *, today: datetime.date) -> QuerySet[Dossier]:
    """The dossiers a person may open today: guardian's list without its generous defaults, joined with the seats behind it."""
    listed: QuerySet[Dossier] = get_objects_for_user(
        person, "dossiers.open_dossier", Dossier, use_groups=False, with_superuser=False, accept_global_perms=False
    )
    return listed.filter(pk__in=open_seats(person, today).values("dossier"))
