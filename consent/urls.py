"""Addresses about who may see what; each starts behind `dossier/<number>/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
