"""Addresses of answers: the second key, the employee's."""

from django.urls import URLPattern, path

from consent.views import answers

urlpatterns: list[URLPattern] = [
    path("delen/<uuid:share>/antwoord/", answers.answer_share, name="answer_share"),
    path("delen/<uuid:share>/uw-antwoord/", answers.share_answered, name="share_answered"),
    path("delen/<uuid:share>/tekst/", answers.share_wording, name="share_wording"),
    path("delen/<uuid:share>/intrekken/", answers.withdraw_share, name="withdraw_share"),
    path("delen/<uuid:share>/nog-niet/", answers.note_share, name="note_share"),
]
