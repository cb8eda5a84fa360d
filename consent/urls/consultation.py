"""Addresses of one question between professionals; each starts behind `dossier/<number>/`. They stand here because a question looks at the
keys of the other side."""

from django.urls import URLPattern, path

from consent.views import consultation

urlpatterns: list[URLPattern] = [
    path("overleg/nieuw/", consultation.new_thread, name="new_thread"),
    path("overleg/<int:thread>/", consultation.thread, name="thread"),
    path("overleg/<int:thread>/schrijven/", consultation.post_in_thread, name="post_in_thread"),
    path("overleg/<int:thread>/afsluiten/", consultation.close_thread, name="close_thread"),
    path("overleg/<int:thread>/intrekken/", consultation.withdraw_thread, name="withdraw_thread"),
    path("overleg/<int:thread>/overnemen/", consultation.take_over_answer, name="take_over_answer"),
]
