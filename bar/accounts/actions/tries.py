"""Counting tries: taking one from every bucket that a try belongs to, all or none, and putting them back when the try was right.

Keys are HMACs: no address stands in the table. What a bucket allows is decided in rules/lock_out.py.
"""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils.crypto import salted_hmac

from bar.accounts.models import Counter, Kept
from bar.accounts.rules.lock_out import Bucket, give_back, take


def key_of(kind: str, value: str) -> str:
    """The key of a bucket: its kind, and whatever it counts as an HMAC."""
    return f"{kind}:{salted_hmac('bar.tries', f'{kind}:{value}', algorithm='sha256').hexdigest()}"


def take_try(buckets: Mapping[str, Bucket], *, now: datetime.datetime) -> datetime.timedelta:
    """Take one try from each of these buckets; the time to wait when one is empty, and then nothing is taken."""
    keys = sorted(buckets)  # always locked in the same order
    with transaction.atomic():
        Counter.objects.bulk_create([Counter(key=key, full_at=now) for key in keys], ignore_conflicts=True)
        rows = list(Counter.objects.select_for_update().filter(key__in=keys).order_by("key"))
        answers = {row.key: take(buckets[row.key], row.full_at, now) for row in rows}
        wait = max(answer.wait for answer in answers.values())
        if wait:
            return wait
        for row in rows:
            row.full_at = answers[row.key].full_at
            row.save(update_fields=["full_at"])
    return wait


def put_back(buckets: Mapping[str, Bucket]) -> None:
    """The try was right: it does not count."""
    with transaction.atomic():
        for row in Counter.objects.select_for_update().filter(key__in=list(buckets)).order_by("key"):
            row.full_at = give_back(buckets[row.key], row.full_at)
            row.save(update_fields=["full_at"])


def forget_counts_by_clock(*, now: datetime.datetime) -> int:
    """Throw away what counts nothing any more; how many rows that were."""
    counters, _ = Counter.objects.filter(full_at__lt=now).delete()
    kept, _ = Kept.objects.filter(expires_at__lt=now).delete()
    return counters + kept
