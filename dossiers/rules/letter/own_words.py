"""The employee's own words as the next letter would print them, to look at before sharing.

The same sentences as `outlook.view_section`; a test holds the two together. Nothing of the physician stands here.
"""

from dossiers.rules.dutch import FormOfAddress, address_name, capitalised
from dossiers.rules.letter.document import Bullets, Entry, Run, Section
from dossiers.rules.letter.facts import View
from dossiers.rules.letter.voice import joined, paragraph
from dossiers.rules.letter.wording import fill, sentence_set


def own_words_section(view: View, *, employee: str, form_of_address: FormOfAddress, wording_version: str) -> Section | None:
    """The section of the letter that holds these words; None when there are none."""
    texts = [(key, text) for key, text in (("can_do", view.can_do), ("needs", view.needs), ("on_advice", view.on_advice)) if text]
    if not texts:
        return None
    wording = sentence_set(wording_version)
    address = address_name(employee, form_of_address)
    places = {"employee": Run(address, name=True), "Employee": Run(capitalised(address), name=True), "full_name": Run(employee, name=True)}
    quoted = (Entry(joined(fill(wording[f"lead.{key}"], places), (Run("“"), Run(text, own=True), Run("”")))) for key, text in texts)
    wish, told = wording["view.wish"], wording["view.physician" if view.noted else "view.employee"]
    return Section(fill(wording["heading.view"], places), (*paragraph(fill(wish, places), fill(told, places)), Bullets(tuple(quoted))))
