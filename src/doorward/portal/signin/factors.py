"""How second factors are kept: sealed, named after this installation, removed only on purpose."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit import vault
from doorward.tenancy.models import Account

ISSUER = "Doorward"


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code or passkey was not accepted. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return vault.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal_text(encrypted_text)

    def get_totp_issuer(self) -> str:
        return f"{ISSUER} ({self._get_site_name()})"

    def generate_authenticator_name(self, user: Account, type: Any) -> str:
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": ISSUER}
