"""An index for "every dossier in which this person has or had a seat": what the second wall asks for every row (bar/wall)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0008_notes_are_never_edited")]
    operations = [migrations.AddIndex(model_name="seat", index=models.Index(fields=["person", "dossier"], name="seat_of_person"))]
