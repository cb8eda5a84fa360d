"""The guards of the trail stay awake when somebody replays rows (`session_replication_role = replica`), which passes over ordinary triggers."""

from django.db import migrations

GUARDS = ("trail_is_append_only", "trail_is_not_emptied")


def _each(how: str) -> str:
    return "".join(f"ALTER TABLE dossiers_trailline {how} TRIGGER {name};" for name in GUARDS)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_reports_and_posts_do_not_change")]

    operations = [migrations.RunSQL(_each("ENABLE ALWAYS"), _each("ENABLE"))]
