"""Addresses about who may see what, split by subject; each starts behind `dossier/<number>/`, but for `outside`."""

from importlib import import_module

from django.urls import URLPattern

SUBJECTS = ("seats", "shares", "answers", "paper", "clarity", "consultation")

urlpatterns: list[URLPattern] = [pattern for subject in SUBJECTS for pattern in import_module(f"consent.urls.{subject}").urlpatterns]
outside: list[URLPattern] = import_module("consent.urls.seats").outside
