"""A directory of corpus entries, named by content: collections merge by copying, and the same program is kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engines.whole_file import replace_whole
from fuzz.corpus.entry import DocumentError, Entry, read_entry, write_entry

SUFFIX: Final = ".json"
_NAME_DIGITS: Final = 32


class CorpusStore:
    """The entries in `directory`, which is made when the first is added.

    Attributes:
        unreadable: (path, why) of files that were met and are no entries; they are left alone.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.unreadable: list[tuple[Path, str]] = []

    def add(self, entry: Entry) -> Path:
        """Keep an entry durably; one that is there already is not written again.

        Raises:
            OSError: the directory cannot be written.
        """
        text = write_entry(entry).encode()
        path = self.directory / (hashlib.sha256(text).hexdigest()[:_NAME_DIGITS] + SUFFIX)
        if path.exists():
            return path
        self.directory.mkdir(parents=True, exist_ok=True)
        replace_whole(path, text, durable=True)
        return path

    def __iter__(self) -> Iterator[Entry]:
        """Every readable entry, in the order of names; the others are noted in `unreadable`."""
        if not self.directory.is_dir():
            return
        for path in sorted(self.directory.glob(f"*{SUFFIX}")):
            try:
                yield read_entry(path.read_bytes(), str(path))
            except (DocumentError, OSError) as error:
                self.unreadable.append((path, str(error)))

    def __len__(self) -> int:
        return sum(1 for _ in self.directory.glob(f"*{SUFFIX}")) if self.directory.is_dir() else 0

    def merge(self, other: CorpusStore) -> int:
        """Take over every entry of `other`; gives how many were new."""
        before = len(self)
        for entry in other:
            self.add(entry)
        return len(self) - before
