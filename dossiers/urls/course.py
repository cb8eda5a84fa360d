"""Addresses of the course of capacity."""

from django.urls import URLPattern, path

from dossiers.views import course

urlpatterns: list[URLPattern] = [
    path("verloop/", course.read_course, name="course"),
]
