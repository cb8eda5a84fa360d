"""Addresses of the insurance physician's reaction."""

from django.urls import URLPattern, path

from dossiers.views import insurance_report as views

urlpatterns: list[URLPattern] = [
    path("verzekeringsarts/", views.insurance_reports, name="insurance_reports"),
    path("verzekeringsarts/nieuw/", views.start_insurance_report, name="start_insurance_report"),
    path("verzekeringsarts/<int:report>/", views.insurance_report, name="insurance_report"),
    path("verzekeringsarts/<int:report>/schrijven/", views.write_insurance_report, name="write_insurance_report"),
    path("verzekeringsarts/<int:report>/opslaan/", views.save_insurance_report, name="save_insurance_report"),
    path("verzekeringsarts/<int:report>/vaststellen/", views.finalise_insurance_report, name="finalise_insurance_report"),
    path("verzekeringsarts/<int:report>/weggooien/", views.discard_insurance_report, name="discard_insurance_report"),
]
