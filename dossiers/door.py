"""What a view states, and what an opening yields.

`door()` marks a view with what it needs and what it may show; `Opened` is the frozen decision that actions require and pages are made from.
Only `consent/access.py` makes an `Opened`. Nothing here decides.
"""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from django.http import HttpRequest

from dossiers.errors import Refused
from dossiers.parts import Act, Basis, Part, Role

if TYPE_CHECKING:
    from dossiers.models import Dossier

View = TypeVar("View", bound=Callable[..., Any])


class Touch(NamedTuple):
    """One part and one act: the unit of every verdict."""

    part: Part
    act: Act

    def __str__(self) -> str:
        return f"{self.act}:{self.part}"


def read(part: Part) -> Touch:
    """To read this part."""
    return Touch(part, Act.READ)


def write(part: Part) -> Touch:
    """To write this part."""
    return Touch(part, Act.WRITE)


@dataclass(frozen=True, slots=True)
class Marker:
    """What a view says about itself. `kind` is "public", "signed_in" or "dossier"."""

    kind: str
    needs: Touch | None = None
    may_show: frozenset[Part] = frozenset()
    event: str = ""
    writes: bool = False  # an unsafe method of a dossier view always writes; this also marks signed-in doors that do
    folded: bool = False  # autosave: visit and act each leave one trail line per person, object and quarter of an hour
    fresh: int = 0  # minutes: how long ago somebody may have signed in, or proved it again, to come through here (0: any time)
    two_factors: bool = True  # False: also for who has signed in with one factor and still has to set up, or pass, the second


def _mark(view: View, marker: Marker) -> View:
    view.door = marker  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody may call this view; it shows nothing of anyone."""
    return _mark(view, Marker("public"))


def signed_in(view: View) -> View:
    """Any signed-in person may call this view; it shows that person's own things only."""
    return _mark(view, Marker("signed_in"))


def signed_in_as(*, fresh: int = 0, two_factors: bool = True) -> Callable[[View], View]:
    """Like `signed_in`, for a door that asks more (`fresh`, in minutes) or less (`two_factors=False`) of the sign-in."""
    return lambda view: _mark(view, Marker("signed_in", fresh=fresh, two_factors=two_factors))


def door(*, needs: Touch, may_show: frozenset[Part] | set[Part] = frozenset(), folded: bool = False, fresh: int = 0) -> Callable[[View], View]:
    """A view on one dossier (its URL has `number`): refused unless `needs` is open; shows parts of `may_show` that are open too."""
    marker = Marker("dossier", needs=needs, may_show=frozenset(may_show) | {needs.part}, folded=folded, fresh=fresh)
    return lambda view: _mark(view, marker)


def marked(patterns: Any, marker: Marker) -> Any:
    """Put one marker on every view of an included (third-party) URLconf."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            marked(pattern.url_patterns, marker)
        else:
            _mark(pattern.callback, marker)
    return patterns


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is open, since when and until when (None: no end). `share_ids`: the shares it is open by, the one that lasts
    longest first; shares that give the same for the same time are one ground."""

    basis: Basis
    since: datetime.date
    until: datetime.date | None = None
    share_ids: tuple[uuid.UUID, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A dossier opened by one person in one role: what is open today, and why.

    Made by `consent.access.opening` only. `open` holds every touch that is open now.
    """

    dossier: "Dossier"
    person: Any  # the signed-in person (settings.AUTH_USER_MODEL)
    role: Role
    seat_id: uuid.UUID
    today: datetime.date
    now: datetime.datetime
    writing: bool
    open: Mapping[Touch, Ground]
    sees_from: datetime.datetime | None = None  # after a change of arbodienst: what is older needs the employee's yes
    trail: Any = field(default=None, repr=False)  # the open trail of this request; actions write to it

    def may(self, part: Part, act: Act = Act.READ) -> bool:
        """Whether this touch is open."""
        return Touch(part, act) in self.open

    def require(self, part: Part, act: Act) -> None:
        """Raise `Refused` unless this touch is open, and, for anything but reading, unless this opening may write."""
        if not self.may(part, act) or (act is not Act.READ and not self.writing):
            raise Refused("Dit kunt u niet doen met uw rol in dit dossier.", status=403)

    def require_read(self, *parts: Part) -> None:
        """Raise `Refused` unless all of these parts are open to read."""
        for part in parts:
            self.require(part, Act.READ)

    @property
    def share_ids(self) -> frozenset[uuid.UUID]:
        """The shares by which something is open to this reader now; empty for who needs none."""
        return frozenset(pk for ground in self.open.values() for pk in ground.share_ids)

    @property
    def readable(self) -> frozenset[Part]:
        """The parts open to read."""
        return frozenset(touch.part for touch in self.open if touch.act is Act.READ)


class DossierRequest(HttpRequest):
    """A request that passed the gate to one dossier; what a view of a dossier gets."""

    opened: Opened
