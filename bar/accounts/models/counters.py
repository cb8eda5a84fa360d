"""Counters that slow down who guesses. In the database, so that two workers and a restart count as one.

A key is a kind and an HMAC: no address, no name, no password that was tried.
"""

from django.db import models


class Counter(models.Model):
    """One bucket of tries: `full_at` is when it is full again (bar/accounts/rules/lock_out.py). A row of the past may be thrown away."""

    key = models.CharField(primary_key=True, max_length=100)
    full_at = models.DateTimeField(db_index=True)


class Kept(models.Model):
    """What the sign-in library counts of its own accord (its cache), and which form was sent already: small, and gone at `expires_at`."""

    key = models.CharField(primary_key=True, max_length=250)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
