"""What people of each role do in the load test: a locust file, run in a process of its own that knows nothing of Django.

They read pages, and physicians and employees write as the page does: with the token of the form and the version they saw.
"""

import itertools
import json
import os
import random
import re
import threading
import time
from pathlib import Path
from typing import Any

from locust import HttpUser, between, task

PEOPLE: list[dict[str, Any]] = json.loads(Path(os.environ["BENCH_PEOPLE_FILE"]).read_text("utf-8"))
THINK = float(os.environ["BENCH_THINK"])
TYPING = (3.0, 6.0)  # seconds between two autosaves of who types
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SEEN = re.compile(r'name="seen" value="(\d+)"')
_next = itertools.count()
_turn = threading.Lock()

# Addresses inside a dossier that a role reads, the most read ones more than once.
READS: dict[str, list[str]] = {
    "employee": ["", "", "bar/1/", "brieven/1/", "brieven/1/pdf/employee/", "wie-kan-wat-zien/", "proces/", "delen/"],
    "employer": ["", "", "brieven/1/", "brieven/1/pdf/employer/", "proces/"],
    "physician": ["", "bar/1/", "bar/{draft}/invullen/aandachtsgebieden/", "bar/{draft}/controle/", "overleg/", "proces/", "verloop/"],
    "delegate": ["", "bar/1/", "bar/{draft}/invullen/mogelijkheden/", "proces/"],
    "labour_expert": ["", "bar/1/", "brieven/1/", "verloop/", "overleg/"],
    "insurance_physician": ["", "bar/1/", "verloop/", "overleg/"],
    "uwv_labour_expert": ["", "bar/1/", "verloop/"],
}


class Somebody(HttpUser):
    """One of the two hundred; who, is handed out in order."""

    wait_time = between(THINK * 0.5, THINK * 1.5)

    def on_start(self) -> None:
        """Take a place and the session that belongs to it."""
        with _turn:
            self.me = PEOPLE[next(_next) % len(PEOPLE)]
        name, value = self.me["cookie"]
        self.client.cookies.set(name, value)

    @property
    def dossier(self) -> dict[str, Any]:
        return dict(random.choice(self.me["dossiers"]))  # noqa: S311 -- nothing secret

    @task(2)
    def look_at_the_list(self) -> None:
        self._get("/", "list")

    @task(6)
    def read(self) -> None:
        """A page of a dossier."""
        dossier, page = self.dossier, random.choice(READS[self.me["role"]])  # noqa: S311
        self._get(f"/dossier/{dossier['number']}/{page.format(**dossier)}", page or "overview")

    @task(2)
    def write(self) -> None:
        """Physicians write in a draft: open a section, type, three autosaves. Others read on."""
        if self.me["role"] != "physician":
            return self.read()
        dossier = self.dossier
        base = f"/dossier/{dossier['number']}/bar/{dossier['draft']}"
        page = self._get(f"{base}/invullen/advies/", "bar/{draft}/invullen/advies/")
        token, seen = TOKEN.search(page), SEEN.search(page)
        if token is None or seen is None:
            return None
        at = int(seen[1])
        for times in range(3):
            typed = {"csrfmiddlewaretoken": token[1], "seen": str(at), "message": f"Werken kan voor een deel. {times}", "goal": "own_work"}
            headers = {"X-Requested-With": "fetch", "Referer": f"{self.host}/", "Origin": str(self.host)}
            address, name = f"{base}/opslaan/advies/", "autosave"
            with self.client.post(address, data=typed, headers=headers, name=name, catch_response=True) as answer:
                if answer.status_code == 409:  # another of this physician's windows: as it should be
                    answer.success()
                    return None
                if answer.status_code != 200:
                    answer.failure(f"status {answer.status_code}")
                    return None
                at = int(answer.json()["version"])
            time.sleep(random.uniform(*TYPING))  # noqa: S311
        return None

    def _get(self, address: str, name: str) -> str:
        with self.client.get(address, name=name, allow_redirects=False, catch_response=True) as answer:
            goes_on = answer.status_code == 302 and answer.headers["Location"].startswith("/dossier/")  # the list of who has one dossier
            if goes_on:
                answer.success()
            elif answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")
            return str(answer.text) if "html" in answer.headers.get("Content-Type", "") else ""
