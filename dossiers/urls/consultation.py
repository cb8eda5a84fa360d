"""Addresses of questions between professionals."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
