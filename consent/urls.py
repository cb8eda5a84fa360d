"""Addresses about who may see what; each starts behind `dossier/<number>/`."""

from django.urls import URLPattern, path

from consent.views import seats, trail

urlpatterns: list[URLPattern] = [
    path("wie-doet-mee/", seats.who_takes_part, name="seats"),
    path("mensen/", seats.people, name="people"),
    path("wie-heeft-gekeken/", trail.trail, name="trail"),
]
