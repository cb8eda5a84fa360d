"""An index for "every dossier in which this person has or had a seat", which the second wall asks of every row (bar/wall)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("consent", "0008_notes_are_never_edited")]

    operations = [AddIndexConcurrently(model_name="seat", index=models.Index(fields=["person", "dossier"], name="seat_of_person"))]
