"""Addresses of shares: the first key, the physician's. Opening a share spans packages: `bar/sharing/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
