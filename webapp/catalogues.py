"""Translations: ``locale/*.po``, compiled in memory at start."""

import gettext
import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
Catalogues = dict[str, gettext.GNUTranslations]


def load_catalogues(folder: Path = LOCALE) -> Catalogues:
    """Translations by language; fuzzy entries are left out."""
    catalogues: Catalogues = {}
    for file in sorted(folder.glob("*.po")):
        compiled = io.BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=file.stem))
        compiled.seek(0)
        catalogues[file.stem] = gettext.GNUTranslations(compiled)
    return catalogues
