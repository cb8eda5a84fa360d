"""The machine: the doors that span packages, and the commands."""

from functools import partial

from django.apps import AppConfig


class BarConfig(AppConfig):
    name = "bar"

    def ready(self) -> None:
        """Hang up the doorbell that lower packages ring without knowing a broker, say what promises about people mean, and read the privacy text."""
        from bar import checks  # noqa: F401 -- importing registers them
        from bar.accounts.actions import invitations, passwords
        from bar.accounts.reset_links import address_in_mail
        from bar.celery import ring
        from bar.database import try_again_soon
        from bar.privacy import privacy_text
        from bar.sharing import actions as sharing
        from consent.actions.answers import EXPERT_SEATED
        from dossiers import outbox
        from dossiers.actions.notices import lead_to
        from dossiers.actions.promises import MAIL_WAITS, WORK, Work
        from dossiers.notices import Reason

        try_again_soon()
        privacy_text()  # a text that cannot be read stops the start
        for reason in (Reason.RESET_ASKED, Reason.RESET_DONE):
            lead_to(reason, address_in_mail)
        WORK[invitations.PROMISE] = Work(invitations.send, invitations.failed, MAIL_WAITS)
        WORK[passwords.PROMISE] = Work(passwords.send_link, passwords.link_failed)
        WORK[EXPERT_SEATED] = Work(sharing.let_in, sharing.failed)
        outbox.set_bell(partial(ring, "dossiers.tasks.do_outbox"))
