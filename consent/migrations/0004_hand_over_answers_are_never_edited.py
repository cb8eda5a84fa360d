"""The employee's answer on a hand-over is a dated row too; the database refuses to change or remove it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_hand_overs")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER hand_over_answer_is_append_only BEFORE UPDATE OR DELETE ON consent_handoveranswer "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            "DROP TRIGGER hand_over_answer_is_append_only ON consent_handoveranswer;",
        ),
    ]
