"""People, organisations, and how somebody gets in: invitations, sign-in through an organisation, resets. Never what somebody may see."""

from bar.accounts.models.counters import Counter, Kept
from bar.accounts.models.invitations import Invitation, InvitationState
from bar.accounts.models.people import AddressForm, NoticeChoice, Organisation, OrganisationKind, User
from bar.accounts.models.providers import Assurance, Identity, IdentityProvider
from bar.accounts.models.resets import Reset, ResetKind

__all__ = [
    "AddressForm",
    "Assurance",
    "Counter",
    "Identity",
    "IdentityProvider",
    "Invitation",
    "InvitationState",
    "Kept",
    "NoticeChoice",
    "Organisation",
    "OrganisationKind",
    "Reset",
    "ResetKind",
    "User",
]
