"""Where somebody wanted to go before they were led elsewhere, and the steps on the way."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from doorward.tenancy.models.accounts import Step

NEXT = "next"
STEPS: Mapping[str, str] = {
    Step.POLICY: "welcome-policy",
    Step.PROVIDER: "welcome-provider",
    Step.EMAIL: "welcome-email",
}


def safe(onward: str) -> str:
    """Return an address of this house as it is, and the first page instead of any other."""
    return onward if url_has_allowed_host_and_scheme(onward, allowed_hosts=None) else "/"


def onward_of(request: HttpRequest) -> str:
    """Return where a request says that it wants to go on to."""
    return safe(request.POST.get(NEXT) or request.GET.get(NEXT) or "/")


def step_address(step: str, onward: str) -> str:
    """Return the address of a step that leads on to `onward`, or that itself where none is due."""
    if step not in STEPS:
        return onward
    return f"{reverse(STEPS[step])}?{urlencode({NEXT: onward})}"
