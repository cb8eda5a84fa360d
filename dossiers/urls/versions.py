"""Addresses of the versions of a BAR: the list, beginning one, reading one."""

from django.urls import URLPattern, path

from dossiers.views import versions

urlpatterns: list[URLPattern] = [
    path("bar/", versions.version_list, name="versions"),
    path("bar/nieuw/", versions.start_version, name="start_version"),
    path("bar/<int:version>/", versions.read_version, name="version"),
    path("bar/<int:version>/herstellen/", versions.start_repair, name="start_repair"),
    path("bar/<int:version>/weggooien/", versions.discard_version, name="discard_version"),
]
