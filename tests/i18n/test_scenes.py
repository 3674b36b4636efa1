"""What a scene quotes stands on the screen, word by word, in each language."""

import re

import pytest

from webapp.i18n.translations import Translations
from webapp.presenter.scenes import SCENES
from webapp.shop.visitor import LANGUAGES

SDKS_OWN = "I've made this payment"  # in the SDK's words, not in ours


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_scene_quotes_is_what_the_screen_says(language: str) -> None:
    texts = Translations()[language] if language != "en" else None
    say = texts.gettext if texts else (lambda text: text)
    catalog = set(texts._catalog.values()) if texts else set()  # type: ignore[attr-defined]
    english = Translations()["id"]._catalog  # type: ignore[attr-defined]  # its keys are the English texts
    shown = catalog if texts else {key for key in english if isinstance(key, str)}
    steps = {line for scene in SCENES.values() for line in scene.do}
    on_screen = [text.replace("%(label)s", "Visa •••• 1000") for text in shown if text not in map(say, steps)]
    for line in steps:
        if SDKS_OWN in line:
            continue
        for quoted in re.findall("“([^”]+)”", say(line)):
            assert any(text.startswith(quoted) for text in on_screen), (quoted, say(line))
