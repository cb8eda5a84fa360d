"""Addresses about who can see what and why, and who has looked."""

from django.urls import URLPattern, path

from consent.views import explain, trail

urlpatterns: list[URLPattern] = [
    path("wie-kan-wat-zien/", explain.explain, name="explain"),
    path("wie-heeft-gekeken/", trail.trail, name="trail"),
]
