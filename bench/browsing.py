"""Pages as browsers get them: over one connection that is kept, by whoever is signed in."""

import http.client
import json
import time
from collections.abc import Sequence

from bench.installation import Installation


class Browser:
    """Gets pages as somebody, by their login, and says what they cost."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
        self._cookies: dict[str, str] = {}

    def get(self, login: str, address: str) -> str:
        """Return a page; whatever else is answered makes the figure void."""
        if login not in self._cookies:
            self._cookies[login] = self._ask(f"print(crowd.session_of({login!r}))")
        try:
            answer = self._request(login, address)
        except http.client.RemoteDisconnected:
            # A server hangs up on whoever was quiet for long.
            self._connection.close()
            answer = self._request(login, address)
        page = answer.read().decode()
        if answer.status != http.HTTPStatus.OK:
            raise AssertionError(
                f"{address} answers {answer.status} to {login}: the figure is void"
            )
        return page

    def time(self, login: str, address: str) -> float:
        """Return how many milliseconds a page takes."""
        begun = time.perf_counter()
        self.get(login, address)
        return (time.perf_counter() - begun) * 1000

    def questions(self, login: str, addresses: Sequence[str]) -> list[int]:
        """Return how many questions each page asks of the database."""
        told = self._ask(f"print(json.dumps(crowd.questions({login!r}, {list(addresses)!r})))")
        asked: list[int] = json.loads(told)
        return asked

    def _request(self, login: str, address: str) -> http.client.HTTPResponse:
        self._connection.request("GET", address, headers={"Cookie": self._cookies[login]})
        return self._connection.getresponse()

    def _ask(self, script: str) -> str:
        return self._installation.shell(f"import json; from bench import crowd; {script}")
