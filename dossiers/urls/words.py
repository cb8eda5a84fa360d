"""Addresses of the employee's own words."""

from django.urls import URLPattern, path

from dossiers.views import words

urlpatterns: list[URLPattern] = [
    path("mijn-visie/", words.own_view, name="own_view"),
    path("mijn-visie/opslaan/", words.save_own_view, name="save_own_view"),
    path("mijn-visie/delen/", words.switch_own_view, name="switch_own_view"),
]
