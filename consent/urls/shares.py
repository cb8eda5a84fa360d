"""Addresses of shares: the first key, the physician's. Opening a share spans packages: `bar/sharing/`."""

from django.urls import URLPattern, path

from consent.views import shares

urlpatterns: list[URLPattern] = [
    path("delen/", shares.shares, name="shares"),
    path("delen/<uuid:share>/stoppen/", shares.stop_share, name="stop_share"),
]
