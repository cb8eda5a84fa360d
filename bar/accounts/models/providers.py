"""Signing in through an organisation (OpenID Connect). An account is known by issuer and subject, never by e-mail (ASVS 6.8.1)."""

import uuid

from django.conf import settings
from django.db import models

from bar.accounts.models.people import Organisation


class Assurance(models.IntegerChoices):
    """How sure we are that somebody is who they say (eIDAS words): one factor, two factors, two factors with identity proofing."""

    LOW = 1, "laag"
    SUBSTANTIAL = 2, "substantieel"
    HIGH = 3, "hoog"


class IdentityProvider(models.Model):
    """An OpenID Connect provider of one organisation. `levels` says which `acr` of this provider means which `Assurance`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="providers")
    slug = models.SlugField(max_length=40, unique=True)  # its place in the address
    name = models.CharField(max_length=120)
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = models.TextField(blank=True, default="")  # sealed with the key ring (dossiers.sealed.seal_text)
    levels = models.JSONField(default=dict)  # {"acr": 1 | 2 | 3}; an acr that is not named is Assurance.LOW
    acr_values = models.CharField(max_length=200, blank=True, default="")  # what we ask for
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()


class Identity(models.Model):
    """One person at one issuer. Made when an invited or signed-in person signs in there; never matched by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    provider = models.ForeignKey(IdentityProvider, on_delete=models.PROTECT, related_name="identities")
    issuer = models.URLField(max_length=300)
    subject = models.CharField(max_length=255)
    acr = models.CharField(max_length=200, blank=True, default="")  # of the newest sign-in, as the provider said it
    assurance = models.PositiveSmallIntegerField(choices=Assurance.choices, default=Assurance.LOW)
    linked_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_person_per_issuer_and_subject")]
