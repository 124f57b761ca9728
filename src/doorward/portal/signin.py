"""Sign-in through allauth: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ClosedDoorAdapter(DefaultAccountAdapter):
    """Accounts are created by the level above."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "This user name and password do not belong together. Check both and try again."
        ),
        "too_many_login_attempts": _("Too many wrong tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
