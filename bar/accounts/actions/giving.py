"""An account for an employee who reads on paper: the same person, invited at an address that was asked for.

The address becomes the person's own when the invitation is accepted, so whether it is known already is never told here. The account then takes
over everything: what went on paper keeps its dates, what still lies is read there, and a yes on paper stops counting (docs/decisions/paper.md).
"""

from bar.accounts.actions.invitations import invite
from bar.accounts.models import User
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.parts import AUTHORS, Act, Part
from dossiers.trail import Event, action


@action(Part.PROCESS, Act.WRITE)
def give_account(opened: Opened, *, email: str) -> None:
    """Ask the employee to make an account, at this address."""
    if opened.role not in AUTHORS:
        raise Refused("Alleen de bedrijfsarts of de taakgedelegeerde geeft de werknemer een account.", status=403)
    employee = User.objects.select_for_update(no_key=True).get(pk=opened.dossier.employee_id)
    if employee.can_sign_in:
        raise Refused("De werknemer heeft al een account en leest de brieven daar.", status=409)
    invite(employee, email, opened.person, opened.dossier, now=opened.now)
    opened.trail.note(Event.INVITE, Part.PROCESS, object_type="person", object_id=employee.pk)
