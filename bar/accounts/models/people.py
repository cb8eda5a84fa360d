"""People and organisations.

Who somebody is, never what somebody may see: that is decided per dossier in `consent`.
A superuser flag exists only because Django's commands expect it; it opens nothing.
"""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from consent.access import may
from dossiers.models.base import together

if TYPE_CHECKING:
    from django.db.models import Model


class OrganisationKind(models.TextChoices):
    """What an organisation does in a dossier."""

    ARBODIENST = "arbodienst", "arbodienst"
    EMPLOYER = "employer", "werkgever"
    ADVICE = "advice", "arbeidsdeskundig bureau"
    UWV = "uwv", "UWV"


class AddressForm(models.TextChoices):
    """How letters of an arbodienst name the employee after the first sentence (letter-example.md, rule 5)."""

    FIRST_NAME = "first_name", "voornaam"
    FORMAL = "formal", "de heer of mevrouw"


class Organisation(models.Model):
    """An arbodienst, employer, advice bureau or UWV. Address, phone and e-mail stand on the letterhead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    address = models.TextField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    address_form = models.CharField(max_length=12, choices=AddressForm.choices, default=AddressForm.FIRST_NAME)
    letter_wording = models.CharField(max_length=40, default="standaard-1")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), "kind", name="organisation_once_per_kind")]

    def __str__(self) -> str:
        return self.name


class NoticeChoice(models.TextChoices):
    """How often a person wants mail that something waits. Mail about the account itself always comes."""

    SINGLE = "single", "meteen"
    DAILY = "daily", "één keer per dag"
    NONE = "none", "nooit"


class UserManager(BaseUserManager["User"]):
    """Makes people. E-mail is compared without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password the account cannot sign in (an invitation follows later)."""
        user = self.model(email=self.normalize_email(email).lower() or None, **fields)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
            user.activated_at = timezone.now()
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with the flag Django's tools know. It opens no dossier."""
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


class User(AbstractBaseUser):
    """A person with at most one organisation. `email` is empty for an employee who gets letters on paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(null=True, blank=True)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    profession = models.CharField(
        max_length=20, blank=True, default=""
    )  # a Role: physician, delegate … ; decides who may open a dossier, never access to one
    delegate_kind = models.CharField(max_length=20, blank=True, default="")  # pob | case_manager | arboarts | aios
    function = models.CharField(max_length=200, blank=True, default="")
    big_number = models.CharField(max_length=11, blank=True, default="")
    is_administrator = models.BooleanField(default=False)  # of the own organisation; never of dossiers
    notice_choice = models.CharField(max_length=8, choices=NoticeChoice.choices, default=NoticeChoice.SINGLE)
    date_language = models.CharField(max_length=8, default="nl")  # in which language dates on screen are written; letters stay Dutch
    activated_at = models.DateTimeField(null=True, blank=True)  # since when the person can sign in: an accepted invitation
    ended_at = models.DateTimeField(null=True, blank=True)  # since when the person works here no more
    ended_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="email_once"),
            models.CheckConstraint(condition=~models.Q(email=""), name="email_null_not_empty"),
            models.CheckConstraint(condition=together("ended_at", "ended_by"), name="person_ended_by_someone"),
            # Whoever has an own dossier still signs in for it (`is_active`), but does nothing here any more.
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(profession="", is_administrator=False), name="ended_does_nothing_here"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_sign_in(self) -> bool:
        """Whether this person has an account in use: an accepted invitation, and nobody ended it."""
        return self.is_active and self.activated_at is not None

    # Django's permission questions are answered by the gate, for superusers too (docs/access.md, last line).

    def has_perm(self, perm: str, obj: "Model | None" = None) -> bool:
        """The gate's verdict for `dossiers.<act>_<part>` on a dossier; anything else is no."""
        return may(self, perm, obj)

    def has_perms(self, perm_list: list[str], obj: "Model | None" = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @property
    def user_permissions(self) -> "models.QuerySet[Permission]":
        """None, ever: a global permission on a dossier may not exist."""
        return Permission.objects.none()
