"""Addresses about who can see what and why, and who has looked."""

from django.urls import URLPattern, path

from consent.views import trail

urlpatterns: list[URLPattern] = [
    path("wie-heeft-gekeken/", trail.trail, name="trail"),
]
