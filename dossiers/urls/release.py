"""Addresses of the way from draft to final: check, preview, offering, corrections, finalising."""

from django.urls import URLPattern, path

from dossiers.views import release

urlpatterns: list[URLPattern] = [
    path("bar/<int:version>/controle/", release.check, name="check"),
    path("bar/<int:version>/voorbeeld/<str:reader>/", release.preview_letter, name="preview_letter"),
    path("bar/<int:version>/aanbieden/", release.offer, name="offer"),
    path("bar/<int:version>/terugnemen/", release.take_back, name="take_back"),
    path("bar/<int:version>/vaststellen/", release.finalise, name="finalise"),
    path("bar/<int:version>/correctie/", release.ask_correction, name="ask_correction"),
    path("bar/<int:version>/correctie/<uuid:correction>/antwoord/", release.answer_correction, name="answer_correction"),
]
