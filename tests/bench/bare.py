"""A bare Django write, to measure beside an autosave: fetch the row, put in what was typed, save. Never part of the product."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from dossiers.models import SectionDraft


@login_required
def write(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Save what was typed, as it came."""
    row = SectionDraft.objects.get(pk=pk)
    row.content = request.POST.dict()
    row.version += 1
    row.save()
    return HttpResponse(status=204)


urlpatterns = [path("<uuid:pk>/", write)]
