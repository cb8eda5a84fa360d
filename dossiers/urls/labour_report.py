"""Addresses of the labour expert's report."""

from django.urls import URLPattern, path

from dossiers.views import labour_report as views
from dossiers.views import labour_report_writing as writing

urlpatterns: list[URLPattern] = [
    path("arbeidsdeskundige/", views.labour_reports, name="labour_reports"),
    path("arbeidsdeskundige/nieuw/", writing.start_labour_report, name="start_labour_report"),
    path("arbeidsdeskundige/<int:report>/", views.labour_report, name="labour_report"),
    path("arbeidsdeskundige/<int:report>/pdf/", views.labour_report_pdf, name="labour_report_pdf"),
    path("arbeidsdeskundige/<int:report>/schrijven/", writing.write_labour_report, name="write_labour_report"),
    path("arbeidsdeskundige/<int:report>/weggooien/", writing.discard_labour_report, name="discard_labour_report"),
    path("arbeidsdeskundige/<int:report>/laten-lezen/", writing.offer_labour_report, name="offer_labour_report"),
    path("arbeidsdeskundige/<int:report>/terugnemen/", views.take_back_labour_report, name="take_back_labour_report"),
    path("arbeidsdeskundige/<int:report>/vaststellen/", views.finalise_labour_report, name="finalise_labour_report"),
    path("arbeidsdeskundige/<int:report>/opnieuw/", views.retry_labour_report, name="retry_labour_report"),
    path("arbeidsdeskundige/<int:report>/klopt-niet/", views.ask_labour_remark, name="ask_labour_remark"),
    path("arbeidsdeskundige/<int:report>/klopt-niet/<uuid:remark>/", writing.answer_labour_remark, name="answer_labour_remark"),
]
