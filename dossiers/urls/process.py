"""The process and the job: pages to read, and the forms that change them."""

from django.urls import URLPattern, path

from dossiers.views import job, process

urlpatterns: list[URLPattern] = [
    path("proces/", process.process, name="process"),
    path("proces/werk/", process.change_employment, name="change_employment"),
    path("proces/ziektedagen/", process.propose_days, name="propose_days"),
    path("proces/ziektedagen/<uuid:proposal>/", process.decide_proposal, name="decide_proposal"),
    path("proces/sluiten/", process.close_dossier, name="close_dossier"),
    path("werk/", job.job, name="job"),
    path("werk/wijzigen/", job.change_job, name="change_job"),
]
