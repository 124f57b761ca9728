"""How many codes go out by mail: as many a day as anybody needs, and a letter tells of the last."""

from django.db import transaction

from doorward.kit import clock, outbox
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.signin import home_of, stranger
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account


def count_code(account: Account, source: str, browser: bytes | None) -> None:
    """Count a code that is about to be sent; raise `TooMany` where no more are sent today."""
    attempt = guesses.begin(
        Purpose.CODE_MAIL, account=str(account.pk), source=source, browser=browser
    )
    if attempt.is_the_last_of(Purpose.CODE_MAIL):
        _tell(account, source)


def forgive_code(account: Account, source: str, browser: bytes | None) -> None:
    """Count a code no longer that was used."""
    guesses.take_back(Purpose.CODE_MAIL, account=str(account.pk), source=source, browser=browser)


@transaction.atomic
def _tell(account: Account, source: str) -> None:
    outbox.send(
        to=account.email,
        template="tenancy/email/code_limit",
        context={"account": account, "at": clock.now()},
        language=account.language,
    )
    audit.record(stranger(source), "code limit", account, home_of(account))
