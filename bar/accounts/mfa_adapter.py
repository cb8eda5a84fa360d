"""How allauth's second step behaves here: our names and words, and no secret readable in the database.

Which second steps somebody has is in `factors.py`; changing them in `actions/factors.py`.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from bar.accounts.factors import REAL
from bar.accounts.rules.devices import in_words
from dossiers.sealed import seal_text, unseal_text

PLACE = "mfa_authenticator|data"  # a secret of a second step opens in that column only
WRONG_CODE = "Deze code klopt niet, of hij is al een keer gebruikt. Probeer het met een nieuwe code."


class MFAAdapter(DefaultMFAAdapter):
    """See the module docstring."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "Dit is uw enige tweede stap. Zet eerst een andere klaar. Daarna kunt u deze weghalen.",
        "cannot_generate_recovery_codes": "Zet eerst een tweede stap klaar. Daarna krijgt u herstelcodes.",
    }

    def encrypt(self, text: str) -> str:
        """Seal with the key ring."""
        return seal_text(text, bound_to=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed."""
        return unseal_text(encrypted_text, bound_to=PLACE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Only while another real second step remains. In a demonstration the last one may go too."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=REAL).exclude(pk=authenticator.pk)
        return not settings.SECOND_FACTOR or others.exists()

    def generate_authenticator_name(self, user: Any, type: str) -> str:  # noqa: A002 -- the library's name
        """The device it was made on, as its owner would call it."""
        return in_words(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)
