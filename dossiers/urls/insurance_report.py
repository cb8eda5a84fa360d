"""Addresses of the insurance physician's reaction."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
