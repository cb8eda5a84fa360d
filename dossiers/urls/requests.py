"""Addresses of what the employee asks about a final document."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
