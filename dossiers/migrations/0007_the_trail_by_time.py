"""Finding the newest lines of the trail without reading all of them: an index of a few kilobytes, made without stopping who writes."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("dossiers", "0006_the_trail_keeps_its_guards")]

    operations = [
        AddIndexConcurrently(
            model_name="trailline",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["occurred_at"], name="trail_by_time", pages_per_range=16),
        ),
    ]
