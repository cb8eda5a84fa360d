"""Addresses of answers on paper or by phone, for an employee without an account."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
