"""Addresses of answers: the second key, the employee's."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
