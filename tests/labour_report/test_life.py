"""The life of a labour report through the front door: begun, kept, offered, put right, final, released; and every refusal."""

from dossiers.models import ReportRemark
from tests.labour_report.material import drafted, finalised, html, offer, offered, post, read_in_time, released, report_of, save, url
from tests.world import World

READERS = ("employee", "employer", "physician", "delegate", "insurance_physician", "uwv_labour_expert", "labour_expert")


def test_a_report_is_begun_written_offered_read_made_final_and_read_by_everybody(world: World) -> None:
    expert = released(world)
    found = report_of(world)
    assert (found.status, found.core_hash != "", found.released_at is not None) == ("final", True, True)
    for who in READERS:
        client = expert if who == "labour_expert" else world.client(who)
        page = html(client, url(world, "labour_report", 1))
        assert "Het eigen werk past met aanpassingen." in page, who
        assert "Dozen van 8 kilo tillen." in page, who
        answer = client.get(url(world, "labour_report_pdf", 1))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), who
        assert world.people["employee"].name.split()[0].lower() not in answer["Content-Disposition"].lower()
