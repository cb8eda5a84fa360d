"""Addresses of what the employee asks about a final document."""

from django.urls import URLPattern, path

from dossiers.views import requests

urlpatterns: list[URLPattern] = [
    path("verzoeken/", requests.requests, name="requests"),
    path("verzoeken/<uuid:asked>/antwoord/", requests.answer_request, name="answer_request"),
    path("verzoeken/<uuid:asked>/verklaring/", requests.attach_statement, name="attach_statement"),
    path("dit-klopt-niet/<str:document>/<uuid:object>/", requests.ask_request, name="ask_request"),
]
