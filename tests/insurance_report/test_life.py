"""The reaction of the insurance physician, from the first word to final; and what everybody may and may not."""

from tests.insurance_report.material import ADVICE, WHY, final, html, url
from tests.world import World


def test_smoke(world: World) -> None:
    row = final(world)
    page = html(world.client("employee"), url(world, "1/"))
    assert WHY in page and ADVICE in page
    html(world.client("employee"), url(world))
