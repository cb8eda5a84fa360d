"""Does the time an answer takes tell whether an address has an account? A separate measurement: `make timing`.

Known and unknown addresses are tried in pairs, in random order, through a real server, so that whatever else the machine does hits both the
same. The verdict is the rank statistic of Mann and Whitney as a probability: of one try of each, how often is the known one slower. One half is
what nobody can use; security.md §5 G4 allows 0.55 either way.
"""

import http.cookiejar
import math
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence

ALLOWED = 0.55  # security.md §5 G4


def auc(known: Sequence[float], unknown: Sequence[float]) -> float:
    """How often a time of the first is longer than one of the second; ties count half."""
    ranked = sorted([(value, True) for value in known] + [(value, False) for value in unknown])
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        rank = (place + 1 + end) / 2
        total += rank * sum(is_known for _, is_known in ranked[place:end])
        place = end
    return (total - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def chance(pairs: int) -> float:
    """The standard deviation of `auc` when there is no difference at all."""
    return math.sqrt((2 * pairs + 1) / (12 * pairs * pairs))


def interleaved(
    known: Callable[[int], None], unknown: Callable[[int], None], pairs: int, before: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """The times of so many pairs, each pair in random order; the first pairs warm up and do not count. `before` runs outside the times."""
    times: tuple[list[float], list[float]] = ([], [])
    chance = random.Random(7513)  # noqa: S311 -- an order, no secret
    for number in range(-5, pairs):
        order = [(0, known), (1, unknown)]
        chance.shuffle(order)
        for which, ask in order:
            before()
            start = time.perf_counter()
            ask(number)
            if number >= 0:
                times[which].append(time.perf_counter() - start)
    return times


class Visitor:
    """A browser without cookies but the token's."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), Stay())
        page = self.opener.open(f"{address}/inloggen/").read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found
        self.token = found[1]

    def send(self, path: str, **fields: str) -> int:
        """Post a form; the status."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        try:
            return int(self.opener.open(urllib.request.Request(f"{self.address}{path}", data=body)).status)  # noqa: S310 -- our own server
        except urllib.error.HTTPError as answer:
            answer.read()
            return answer.code


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a journey."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def measure(address: str, known: str, unknown: str, pairs: int, forget: Callable[[], object]) -> dict[str, float]:
    """Both doors. `forget` throws the counts of tries away, so that nobody is told to wait."""
    visitor = Visitor(address)

    def at_the_door(email: str) -> None:
        assert visitor.send("/inloggen/", login=email, password="niet het wachtwoord") == 422

    def lost(email: str) -> None:
        assert visitor.send("/wachtwoord-vergeten/", email=email) == 302

    found = {}
    for ask in (at_the_door, lost):
        times = interleaved(lambda _, ask=ask: ask(known), lambda _, ask=ask: ask(unknown), pairs, forget)  # type: ignore[misc]
        found[ask.__name__] = auc(*times)
    return found
