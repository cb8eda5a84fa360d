"""Addresses of the course of capacity."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
