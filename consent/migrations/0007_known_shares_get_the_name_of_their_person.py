"""A share made before names were typed gets the name and the organisation of its person."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_shares(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model("consent", "Share").objects.filter(name="").select_related("person__organisation"):
        row.name = row.person.name
        row.organisation_name = row.person.organisation.name if row.person.organisation else ""
        row.save(update_fields=["name", "organisation_name"])


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_shares_of_a_name_and_answers_on_paper")]

    operations = [migrations.RunPython(name_shares, migrations.RunPython.noop)]
