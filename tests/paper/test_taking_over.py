"""An account that comes later takes over everything; somebody who was invited and does not react holds nobody up."""

import datetime as dt

from django.utils import timezone

from bar.accounts.models import Invitation, InvitationState, User
from dossiers.actions.promises import sweep_by_clock
from dossiers.models import Letter, LetterCopy, Reader
from tests.invitations.material import accept, links
from tests.paper.material import on_paper, url
from tests.world import World, fill_in, finalise

NEW = "piet@thuis.test"


def give(world: World, email: str = NEW, who: str = "delegate") -> int:
    status = world.client(who).post(f"/dossier/{world.number}/account-geven/", {"email": email}).status_code
    sweep_by_clock(now=timezone.now())
    return status


def employer_reads(world: World, number: int = 1) -> bool:
    return world.client("employer").get(url(world, f"{number}/")).status_code == 200


def new_letter(world: World) -> Letter:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    fill_in(world, yesterday)
    finalise(world, yesterday)
    sweep_by_clock(now=timezone.now())
    return Letter.objects.get(assessment__dossier=world.dossier, assessment__number=2)


def test_a_later_account_takes_over_everything(paper: World) -> None:
    today = timezone.localdate()
    posted = today - dt.timedelta(days=30)
    assert paper.client("delegate").post(url(paper, "1/op-papier/"), {"way": "posted", "day": posted.isoformat()}).status_code == 302
    person = paper.people["employee"]
    assert give(paper) == 302
    assert not User.objects.get(pk=person.pk).can_sign_in, "an invitation is not an account"
    assert accept(links(NEW)[-1]) < 400
    person.refresh_from_db()
    assert (person.can_sign_in, person.email) == (True, NEW)
    employee = paper.client("employee")
    assert "Advies over werken" in employee.get(url(paper)).content.decode()
    assert employee.get(url(paper, "1/pdf/employee/")).status_code == 200
    assert employee.get(f"/dossier/{paper.number}/").status_code == 200
    assert LetterCopy.objects.get(letter__dossier=paper.dossier, reader=Reader.EMPLOYEE).posted_on == posted, "what went on paper keeps its date"
    letter = new_letter(paper)
    assert not letter.on_paper
    assert employer_reads(paper, 2)
    assert paper.client("physician").get(url(paper, "2/printen/")).status_code == 422
    assert give(paper) == 409


def test_a_letter_that_still_lies_is_read_by_both_once_there_is_an_account(paper: World) -> None:
    assert not employer_reads(paper)
    give(paper)
    assert not employer_reads(paper), "an invitation alone lets nobody read"
    accept(links(NEW)[-1])
    assert employer_reads(paper)
    physician = paper.client("physician")
    assert "nog niet verstuurd" not in physician.get(f"/dossier/{paper.number}/").content.decode()
    assert url(paper, "1/printen/") not in physician.get("/brieven/printen/").content.decode()
    page = physician.get(url(paper, "1/")).content.decode()
    assert "leest de brief daar" in page


def test_who_was_invited_and_does_not_react_reads_on_paper(db: None) -> None:
    world = on_paper("traag@proef.test")
    assert Letter.objects.get(dossier=world.dossier).on_paper
    assert not employer_reads(world)
    today = timezone.localdate()
    assert world.client("delegate").post(url(world, "1/op-papier/"), {"way": "handed_over", "day": today.isoformat()}).status_code == 302
    assert employer_reads(world), "the employer does not wait for an account that never comes"


def test_an_account_that_ends_leaves_read_letters_read_and_new_ones_on_paper(paper: World) -> None:
    give(paper)
    accept(links(NEW)[-1])
    person = User.objects.get(pk=paper.people["employee"].pk)
    person.is_active, person.activated_at = False, timezone.now() - dt.timedelta(days=3)
    person.save(update_fields=["is_active", "activated_at"])
    assert employer_reads(paper)
    paper.dossier.refresh_from_db()
    assert new_letter(paper).on_paper
    assert not employer_reads(paper, 2)


def test_an_address_of_somebody_else_gets_the_same_answer_and_gives_nothing_away(paper: World) -> None:
    client, asked, told = paper.client("delegate"), f"/dossier/{paper.number}/account-geven/", {}
    for email in ("employer@proef.test", "physician@proef.test", "outsider@proef.test", NEW):
        Invitation.objects.update(state=InvitationState.WITHDRAWN)
        answer = client.post(asked, {"email": email, "anyway": "on"}, follow=True)
        assert answer.status_code == 200
        told[email] = _told(answer.content.decode().replace(email, NEW))
        sweep_by_clock(now=timezone.now())
        assert links(email), "whoever reads mail there is told; nobody else"
        if email != NEW:
            accept(links(email)[-1])
            person = User.objects.get(pk=paper.people["employee"].pk)
            assert (person.email, person.can_sign_in) == (None, False)
    assert len(set(told.values())) == 1


def _told(page: str) -> str:
    """The words of a page, without what changes at every request."""
    return "\n".join(
        line for line in page.split("<main")[1].split("</main", maxsplit=1)[0].splitlines() if "csrf" not in line and "/uitnodigingen/" not in line
    )


def test_only_authors_give_an_account(paper: World) -> None:
    for who, status in (("employer", 403), ("employee", 403), ("outsider", 404), ("nobody", 401)):
        answer = paper.client(who).post(f"/dossier/{paper.number}/account-geven/", {"email": NEW}, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == status, who
    assert not Invitation.objects.filter(email=NEW).exists()


def test_an_address_of_the_employer_is_asked_about_once_more(paper: World) -> None:
    client = paper.client("delegate")
    assert client.post(f"/dossier/{paper.number}/account-geven/", {"email": "piet@proef.test"}).status_code == 422
    assert client.post(f"/dossier/{paper.number}/account-geven/", {"email": "piet@proef.test", "anyway": "on"}).status_code == 302


def test_an_address_that_cannot_be_is_said_at_its_field(paper: World) -> None:
    for email in ("", "geen adres", "a\x00@b.test"):
        assert paper.client("delegate").post(f"/dossier/{paper.number}/account-geven/", {"email": email}).status_code == 422
