"""Load ``locale/*.po``, each compiled in memory when its language is first used."""

import gettext
import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


class Translations(Mapping[str, gettext.GNUTranslations]):
    """The translations by language. Fuzzy entries are left out."""

    def __init__(self, folder: Path = LOCALE) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.po"))}

    def __getitem__(self, language: str) -> gettext.GNUTranslations:
        return _compiled(self._files[language])

    def __contains__(self, language: object) -> bool:
        return language in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@cache
def _compiled(file: Path) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=file.stem))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
