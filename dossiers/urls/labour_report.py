"""Addresses of the labour expert's report."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
