"""Addresses of answers on paper or by phone, for an employee without an account."""

from django.urls import URLPattern, path

from consent.views import paper

urlpatterns: list[URLPattern] = [
    path("delen/<uuid:share>/op-papier/", paper.paper_answer, name="paper_answer"),
    path("delen/<uuid:share>/op-papier/vragen/", paper.paper_form, name="paper_form"),
    path("delen/<uuid:share>/op-papier/brief/", paper.paper_letter, name="paper_letter"),
    path("delen/<uuid:share>/op-papier/nee/", paper.record_no, name="record_no"),
    path("delen/<uuid:share>/op-papier/bevestigen/", paper.confirm_paper_answer, name="confirm_paper_answer"),
    path("delen/<uuid:share>/op-papier/weghalen/", paper.cancel_paper_answer, name="cancel_paper_answer"),
]
