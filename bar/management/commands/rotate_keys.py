"""`rotate_keys`: put everything that hangs on an old key of SEALING_KEYS under its first key, while the product runs.

Only a door: the work is in dossiers/actions/keys.py and bar/accounts/actions/secrets.py. Can be stopped and run again at any moment.
"""

import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management import BaseCommand, CommandError

from bar.accounts.actions import secrets
from dossiers.actions import keys
from dossiers.sealed import key_ring, newest_key

ROUNDS = 20  # how often to come by for dossiers that were being changed
PAUSE = 0.5  # seconds between rounds
SHOWN = 20  # dossier numbers in a message


class Command(BaseCommand):
    """See the module docstring."""

    help = "Wrap every data key, and seal every other secret, with the first key of SEALING_KEYS. Safe while people work; can be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check`: only look."""
        parser.add_argument("--check", action="store_true", help="change nothing; say what is still under an old key (exit 1 when something is)")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Look, or rotate and look."""
        broken = [] if check else self.rotate()
        old = self.tell()
        if broken:
            named = ", ".join(broken[:SHOWN]) + (" …" if len(broken) > SHOWN else "")
            raise CommandError(f"{len(broken)} could not be opened, so they stay as they are: {named}. Put the key they need back in SEALING_KEYS.")
        if old:
            raise CommandError("Something is still under an old key. Run rotate_keys" + ("." if check else " again."))

    def rotate(self) -> list[str]:
        """Everything, with a line every ten batches. Gives the names of what did not open."""
        done = 0
        broken: set[str] = set()
        for turn in range(ROUNDS):
            batch = keys.rewrap_some()
            while batch is not None:
                done, broken = done + batch.done, broken | set(batch.broken)
                if is_worth_saying(done):
                    self.stdout.write(f"{done} dossiers so far …")
                batch = keys.rewrap_some(after=batch.last)
            if not keys.under_old_keys().exclude(number__in=broken).exists():
                break
            time.sleep(PAUSE if turn + 1 < ROUNDS else 0)
        steps, providers = secrets.reseal_second_steps(), secrets.reseal_providers()
        keys.note_rotation(done)
        self.stdout.write(f"Under key {newest_key()} now: {done} dossiers, {steps.done} second steps, {providers.done} providers were moved.")
        return [*sorted(broken), *(["a second step"] * steps.broken), *(["a provider"] * providers.broken)]

    def tell(self) -> bool:
        """What hangs on which key, and which key can go. Whether something is under an old key."""
        dossiers, others = keys.keys_in_use(), secrets.secrets_in_use()
        in_use: Counter[str] = dossiers + others
        for name in {**dict.fromkeys(key_ring()), **dict.fromkeys(in_use)}:
            state = "writes" if name == newest_key() else "old" if name in key_ring() else "MISSING in SEALING_KEYS"
            self.stdout.write(f"key {name} ({state}): {dossiers[name]} dossiers, {others[name]} other secrets")
        for name in key_ring():
            if name != newest_key() and not in_use[name]:
                self.stdout.write(f"Key {name} is used nowhere: it can leave SEALING_KEYS. Keep it with the backups that were made before today.")
        return any(count for name, count in in_use.items() if name != newest_key())


def is_worth_saying(done: int) -> bool:
    """Whether to say how far it is."""
    return done > 0 and done % (10 * keys.BATCH) == 0
