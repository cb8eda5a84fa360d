"""Addresses inside one dossier, split by subject; each starts behind `dossier/<number>/`."""

from importlib import import_module

from django.urls import URLPattern

SUBJECTS = (
    "overview",
    "process",
    "versions",
    "filling",
    "release",
    "letters",
    "words",
    "consultation",
    "labour_report",
    "insurance_report",
    "course",
    "requests",
)

urlpatterns: list[URLPattern] = [pattern for subject in SUBJECTS for pattern in import_module(f"dossiers.urls.{subject}").urlpatterns]
