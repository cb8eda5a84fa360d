"""The append-only log of every visit and act, with the fields of NEN 7513:2018 chapter 7.

Ids, parts and verdicts, never content. No foreign keys: the log neither blocks nor follows a deletion. Only `dossiers/trail.py` writes it.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from dossiers.models.base import by_part
from dossiers.parts import Part


class TrailLine(models.Model):
    """One event. `chain` is the dossier, or the general chain for everything else; each line holds the hash of the one before."""

    append_only = True
    PARTS: ClassVar[dict[str, Part]] = by_part(
        trail="id chain seq occurred_at event_code action outcome checks actor_id actor_role is_initiator responsible_id responsible_role "
        "access_point object_type object_id dossier_id subject_id parts policy_version relation_id consent_id sentence source_id request_id "
        "session_hash schema_version previous_hash hash"
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.UUIDField()
    seq = models.BigIntegerField()
    occurred_at = models.DateTimeField()  # 7.2.3, the database's clock
    event_code = models.CharField(max_length=40)  # 7.2.1, closed list: dossiers.trail.Event
    action = models.CharField(max_length=1)  # 7.2.2: C R U D E
    outcome = models.PositiveSmallIntegerField()  # 7.2.5: 1 success, 2 refused, 3 error
    checks = models.CharField(max_length=4)  # 7.2.6: authorisation, treatment relation, consent, emergency button
    actor_id = models.UUIDField(null=True)  # 7.3.1; empty: a process of this system
    actor_role = models.CharField(max_length=24, default="")  # 7.3.4
    is_initiator = models.BooleanField(default=True)  # 7.3.5
    responsible_id = models.UUIDField(null=True)  # 7.3.6: always a person
    responsible_role = models.CharField(max_length=24, default="")  # 7.3.8
    access_point = models.GenericIPAddressField(null=True)  # 7.3.10
    object_type = models.CharField(max_length=24, default="")  # 7.4.1
    object_id = models.CharField(max_length=64, default="")  # 7.4.3
    dossier_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)  # 7.4.3: the employee
    parts = ArrayField(models.CharField(max_length=24), default=list)  # 7.4.5, never the content
    policy_version = models.CharField(max_length=24)  # 7.4.6
    relation_id = models.UUIDField(null=True)  # 7.4.7: the seat
    consent_id = models.UUIDField(null=True)  # 7.4.8: the share
    sentence = models.CharField(max_length=40, default="")  # which refusal, as a code
    source_id = models.CharField(max_length=24, default="bar-dossier")  # 7.5.2
    request_id = models.UUIDField(null=True)
    session_hash = models.CharField(max_length=64, default="")
    schema_version = models.PositiveSmallIntegerField(default=1)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="trail_line_once")]
        indexes = [
            models.Index(fields=["dossier_id", "occurred_at"], name="trail_by_dossier"),
            models.Index(fields=["actor_id", "occurred_at"], name="trail_by_actor"),
            BrinIndex(fields=["occurred_at"], name="trail_by_time", pages_per_range=16),  # lines are stored in the order of time
        ]
