"""Addresses about who can see what and why, and who has looked."""

from django.urls import URLPattern, path

from consent.views import explain, trail

urlpatterns: list[URLPattern] = [
    path("wie-kan-wat-zien/", explain.explain, name="explain"),
    path("wie-heeft-gekeken/", trail.trail, name="trail"),
    path("wie-heeft-gekeken/pdf/", trail.trail_pdf, name="trail_pdf"),
    path("wie-heeft-gekeken/rekenblad/", trail.trail_csv, name="trail_csv"),
]
