"""The OpenAPI document, taken at its word: random requests, signed in and not.

No answer is a server error, and none breaks what the document says of it.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from doorward.wsgi import application
from tests.api.conftest import BASE
from tests.cast import Cast

RANDOM_REQUESTS = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# What the document cannot say is refused as well: ids that name nothing, zones that are none.
# A header may refuse what a body, had it been read, would have been refused for.
CHECKS = ChecksConfig.from_dict(
    {
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 415, 422, 429]
        }
    }
)
NOT_ASKED = [checks.positive_data_acceptance]


@pytest.fixture(autouse=True)
def held_connection() -> Iterator[None]:
    """Keep the test's transaction open where a server would let its connection go."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _document(*, boundaries: bool) -> schemathesis.BaseSchema:
    phases = PhasesConfig(coverage=CoveragePhaseConfig(enabled=boundaries))
    project = ProjectConfig(phases=phases, checks=CHECKS)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", application, config=config)


# The boundary values of every field, and random ones beside them.
insiders = _document(boundaries=True)
# Nothing that a stranger sends is read.
strangers = _document(boundaries=False)


@pytest.fixture
def token(cast: Cast) -> str:
    return cast.token("ivan")


@insiders.parametrize()
@RANDOM_REQUESTS
def test_signed_in_no_answer_breaks_the_document(case: schemathesis.Case, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers, excluded_checks=NOT_ASKED)


@strangers.parametrize()
@RANDOM_REQUESTS
def test_a_stranger_gets_401_whatever_is_sent(case: schemathesis.Case, cast: Cast) -> None:
    answer = case.call()
    case.validate_response(answer, excluded_checks=NOT_ASKED)
    assert answer.status_code == 401
