"""Lists tell whether a visit changed the plan without opening what was written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_final_is_final")]

    operations = [migrations.AddField(model_name="assessment", name="plan_hash", field=models.CharField(blank=True, default="", max_length=64))]
