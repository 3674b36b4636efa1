"""A step of the walkthrough quotes labels as the shop shows them in that language."""

import re

import pytest

from tests.i18n.test_languages import every_language, plain
from webapp.presenter.scenes import SCENES

QUOTED = re.compile(r"“([^”]+)”")
STEPS = sorted({step for scene in SCENES.values() for step in scene.steps})
SDK_SAYS = {  # "I've made this payment", in the SDK's five languages
    "id": "Saya telah melakukan pembayaran ini",
    "th": "ฉันได้ชำระเงินแล้ว",
    "vi": "Tôi đã thực hiện thanh toán này",
    "es": "He realizado este pago",
}


def known_labels(language: str, label: str) -> set[str]:
    """The translations of all texts that begin with an English label; of the label itself, if there is such a text."""
    if label == "I've made this payment":
        return {SDK_SAYS[language]}
    texts = plain(language)
    shown = label.replace("Visa •••• 1000", "%(label)s")
    found = {shown: texts[shown]} if shown in texts else {k: v for k, v in texts.items() if k.startswith(shown)}
    return {theirs.replace("%(label)s", "Visa •••• 1000") for theirs in found.values()} or {label}


@every_language
@pytest.mark.parametrize("step", STEPS)
def test_a_step_quotes_what_the_screen_says(language: str, step: str) -> None:
    english, theirs = QUOTED.findall(step), QUOTED.findall(plain(language)[step])
    possible = [known_labels(language, label) for label in english]
    assert len(theirs) == len(english)
    for label in theirs:  # their order may differ
        fits = [each for each in possible if any(text.startswith(label) for text in each)]
        assert fits, label
