"""The first page of a dossier."""

from django.urls import URLPattern, path

from dossiers.views import overview

urlpatterns: list[URLPattern] = [path("", overview.overview, name="overview")]
