"""A physician at a browser without a screen: signs in on the page, saves a section as the page's script does, and tries again as it does.

It only speaks HTTP; what it was told is compared with the database elsewhere.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bar import demo
from bar.drill.product import DrillFailed
from bar.drill.work import FIELD, Draft

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PHYSICIAN = "h.brouwer@arbodienst.test"
PATIENCE = 25.0  # seconds for one answer: longer than the product may take


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: when it was asked and how long it took, by the clock of this process; 0 when the line went dead."""

    begun: float
    seconds: float
    status: int
    page: str = ""


@dataclass
class Person:
    """One signed-in browser."""

    address: str
    email: str = PHYSICIAN
    client: httpx.Client = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.address, timeout=PATIENCE, headers={"Sec-Fetch-Site": "same-origin"})

    def sign_in(self) -> "Person":
        """By the page, with the password of the demonstration."""
        page = self.client.get("/inloggen/")
        values = {"csrfmiddlewaretoken": self._token_of(page), "login": self.email, "password": demo.PASSWORD}
        self.client.post("/inloggen/", data=values, headers={"Referer": self.address})
        if self.client.get("/account/").status_code != httpx.codes.OK:
            raise DrillFailed(f"{self.email} could not sign in")
        return self

    def open(self, path: str) -> None:
        """Look at a page, to have its token."""
        self.token = self._token_of(self.client.get(path))

    def get(self, path: str) -> Answer:
        """One page."""
        return self._timed("GET", path)

    def save(self, draft: Draft, text: str, seen: int) -> tuple[Answer, dict[str, Any]]:
        """Save the section once; what the server said, when it said something of its own."""
        values = {FIELD: text, "seen": str(seen), "csrfmiddlewaretoken": self.token}
        answer = self._timed("POST", draft.path, data=values, headers={"X-Requested-With": "fetch", "Referer": self.address})
        said = httpx.Response(200, text=answer.page).json() if answer.page.startswith("{") else {}
        return answer, said

    def _timed(self, method: str, path: str, **more: Any) -> Answer:
        begun = time.monotonic()
        try:
            answer = self.client.request(method, path, **more)
        except httpx.HTTPError:
            return Answer(begun, time.monotonic() - begun, 0)
        return Answer(begun, time.monotonic() - begun, answer.status_code, answer.text)

    def _token_of(self, page: httpx.Response) -> str:
        found = TOKEN.search(page.text)
        if found is None:
            raise DrillFailed(f"{page.url} (status {page.status_code}) has no form")
        return found[1]


@dataclass
class Writer:
    """Somebody who writes in one draft: what the server confirmed, and what it may have got."""

    person: Person
    draft: Draft
    seen: int = 0
    confirmed: str = ""
    saves: int = 0
    unsure: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def begin(self) -> "Writer":
        """Open the page."""
        self.person.open(self.draft.page)
        self.confirmed, self.seen = self.draft.stored()
        return self

    def write(self, text: str) -> bool:
        """Send a text once; whether the server confirmed it. What is told as somebody else's text, and is our own, did arrive."""
        answer, said = self.person.save(self.draft, text, self.seen)
        self.answers.append(answer)
        if said.get("saved"):
            self._confirm(text, said["version"])
            return True
        if answer.status == httpx.codes.CONFLICT and said.get("theirs", {}).get(FIELD) in (text, *self.unsure):
            self.seen = said["version"]
            if said["theirs"][FIELD] == text:
                self._confirm(text, said["version"])
                return True
            return False
        self.unsure.append(text)
        return False

    def _confirm(self, text: str, version: int) -> None:
        self.confirmed, self.seen = text, version
        self.saves += 1
        self.unsure.clear()

    def lost(self) -> str:
        """What was confirmed and is not there, as a sentence; empty when all is well."""
        stored, _ = self.draft.stored()
        return "" if stored in (self.confirmed, *self.unsure) else f"a confirmed text of {self.draft.number} is not stored"
