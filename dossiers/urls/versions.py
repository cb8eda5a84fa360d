"""Addresses of versions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
