"""Addresses of words."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
