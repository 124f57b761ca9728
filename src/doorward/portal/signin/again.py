"""Signing in again, before what whoever finds a browser open must not do."""

from typing import cast

from allauth.account.internal.flows import reauthentication
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from doorward.tenancy.models import Account


def is_due(request: HttpRequest) -> bool:
    """Say whether one has to sign in again: five minutes after one last did it on purpose.

    An account without a password or a factor has nothing to show, so it is always due.
    """
    account = cast(Account, request.user)
    if not reauthentication.get_reauthentication_flows(account):
        return True
    return not reauthentication.did_recently_reauthenticate(request)


def ask(onward: str) -> HttpResponseRedirect:
    """Lead to signing in again, and from there onward."""
    query = urlencode({"next": onward})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")
