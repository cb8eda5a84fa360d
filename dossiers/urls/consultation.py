"""Addresses of questions between professionals: the list. One question has its doors in `consent/urls/consultation.py`."""

from django.urls import URLPattern, path

from dossiers.views import consultation

urlpatterns: list[URLPattern] = [path("overleg/", consultation.threads, name="threads")]
