"""Diagnostics as rustc users know them: code, message, labelled spans, notes, suggestions; as text or as JSON.

Positions inside the compiler are character offsets into one sequence of all files (`SourceMap`); JSON gives byte
offsets,
lines and columns, in the shape of `rustc --error-format=json`.
"""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engines.rustwasm.syntax.explanations import explanation, pointer
from engines.whole_file import read_whole

Span = tuple[int, int]
MOST_SOURCE_BYTES: Final = 16 << 20
"""Of a source file: some 400,000 lines."""


class SourceFile:
    """One file: its name as the user wrote it, its text, and the position of its first character. After an edit
    (`replace`) positions of what was not edited stay what they were; `offset` says where in the text they are now."""

    def __init__(self, name: str, text: str, base: int) -> None:
        self.name = name
        self.text = text
        self.base = base
        self.origin = self
        """The file whose text this is a later reading of: what comes first in messages is decided by its position."""
        self.length = len(text)
        self._lines: list[int] | None = None
        self._moved: list[tuple[int, int]] = []

    def offset(self, position: int) -> int:
        """Where in the text a position is."""
        at = position - self.base
        for threshold, delta in self._moved:
            if at >= threshold:
                at += delta
        return at

    def extent(self, span: Span) -> tuple[int, int]:
        """Where in the text a span is."""
        start = self.offset(span[0])
        return start, self.offset(span[1] - 1) + 1 if span[1] > span[0] else start

    def replace(self, text: str, end: int, delta: int) -> None:
        """The text is another now: what was at `end` or after it moved by `delta`, what was before the edit did not."""
        self._moved.append((end, delta))
        self.text = text
        self._lines = None

    @property
    def lines(self) -> list[int]:
        """Offsets (in the text) at which lines begin."""
        if self._lines is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._lines = starts
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, columns in characters."""
        line = bisect.bisect_right(self.lines, offset) - 1
        return line + 1, offset - self.lines[line] + 1

    def line_text(self, line: int) -> str:
        start = self.lines[line - 1]
        end = self.lines[line] - 1 if line < len(self.lines) else len(self.text)
        return self.text[start:end]


class SourceMap:
    """All files of a compilation, one after the other, with a gap of one."""

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self._bases: list[int] = []

    def add(self, name: str, text: str) -> SourceFile:
        base = self.files[-1].base + self.files[-1].length + 1 if self.files else 0
        file = SourceFile(name, text, base)
        self.files.append(file)
        self._bases.append(base)
        return file

    def file_of(self, offset: int) -> SourceFile:
        return self.files[bisect.bisect_right(self._bases, offset) - 1]

    def locate(self, offset: int) -> tuple[str, int, int]:
        """File name, line, column of an offset."""
        file = self.file_of(offset)
        return (file.name, *file.position(file.offset(offset)))

    def snippet(self, span: Span) -> str:
        file = self.file_of(span[0])
        return file.text[slice(*file.extent(span))]

    def order(self, position: int) -> tuple[int, int]:
        """What decides whether a position comes before another."""
        file = self.file_of(position)
        return file.origin.base, file.offset(position)


@dataclass
class Diagnostic:
    """One message. `labels` are secondary spans with texts; `label` explains the primary span; `suggestion` is (span,
    replacement, message)."""

    level: str
    code: str | None
    message: str
    span: Span
    label: str = ""
    labels: list[tuple[Span, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    helps: list[str] = field(default_factory=list)
    suggestion: tuple[Span, str, str] | None = None

    def render(self, sources: SourceMap) -> str:
        """The message with the source lines that it speaks of."""
        file, line, column = sources.locate(self.span[0])
        head = f"{self.level}[{self.code}]" if self.code else self.level
        spans = [(self.span, self.label, "^"), *((s, t, "-") for s, t in self.labels)]
        spans.sort(key=lambda one: (sources.order(one[0][0]), one[0][1] - one[0][0], *one[1:]))
        shown: dict[tuple[str, int], list[tuple[int, int, str, str]]] = {}
        for span, text, mark in spans:
            name, row, start = sources.locate(span[0])
            source = sources.file_of(span[0])
            width = max(1, min(span[1] - span[0], len(source.line_text(row)) - start + 1))
            shown.setdefault((name, row), []).append((start, width, text, mark))
        gutter = len(str(max(row for _, row in shown)))
        lines = [f"{head}: {self.message}", f"{' ' * gutter}--> {file}:{line}:{column}", f"{' ' * gutter} |"]
        for (name, row), marks in shown.items():
            if name != file:
                lines.append(f"{' ' * gutter}::: {name}:{row}")
            source = next(f for f in sources.files if f.name == name)
            text = source.line_text(row)
            lines.append(f"{row:>{gutter}} | {text[:200]}")
            for start, width, label, mark in marks:
                if start <= 200:
                    lines.append(f"{' ' * gutter} | {' ' * (start - 1)}{mark * min(width, 200)} {label}".rstrip())
        if self.notes or self.helps or self.suggestion:
            lines.append(f"{' ' * gutter} |")
        lines += [f"{' ' * gutter} = note: {n}" for n in self.notes]
        lines += [f"{' ' * gutter} = help: {h}" for h in self.helps]
        if self.suggestion:
            _, replacement, message = self.suggestion
            text = f"{message}: `{replacement.rstrip(chr(10))}`" if replacement else message
            lines.append(f"{' ' * gutter} = help: {text}")
        return "\n".join(lines) + "\n"

    def to_json(self, sources: SourceMap) -> dict[str, Any]:
        """The diagnostic as `rustc --error-format=json` writes it."""
        spans = [json_span(sources, self.span, True, self.label)]
        spans += [json_span(sources, s, False, t) for s, t in self.labels]
        children: list[dict[str, Any]] = [_child("note", n) for n in self.notes]
        children += [_child("help", h) for h in self.helps]
        if self.suggestion:
            span, replacement, message = self.suggestion
            suggested = {**json_span(sources, span, True, ""), "suggested_replacement": replacement}
            children.append({**_child("help", message), "spans": [suggested]})
        return {
            "$message_type": "diagnostic",
            "message": self.message,
            "code": {"code": self.code, "explanation": explanation(self.code)} if self.code else None,
            "level": self.level,
            "spans": spans,
            "children": children,
            "rendered": self.render(sources),
        }


def _child(level: str, message: str) -> dict[str, Any]:
    return {"message": message, "code": None, "level": level, "spans": [], "children": [], "rendered": None}


def json_span(sources: SourceMap, span: Span, primary: bool, label: str) -> dict[str, Any]:
    """A span with byte offsets into its file, lines and columns."""
    file = sources.file_of(span[0])
    start, end = file.extent(span)
    end = min(end, len(file.text))
    line, column = file.position(start)
    end_line, end_column = file.position(end)
    before = len(file.text[:start].encode())
    return {
        "file_name": file.name,
        "byte_start": before,
        "byte_end": before + len(file.text[start:end].encode()),
        "line_start": line,
        "line_end": end_line,
        "column_start": column,
        "column_end": end_column,
        "is_primary": primary,
        "label": label or None,
        "text": [{"text": file.line_text(line)[:500], "highlight_start": column, "highlight_end": end_column}],
    }


class Diagnostics:
    """The messages of one compilation, in order of appearance; one message per code and place."""

    def __init__(self, sources: SourceMap) -> None:
        self.sources = sources
        self.messages: list[Diagnostic] = []
        self.unparsed = False
        """Something could not be read, so what follows from the rest is not known."""
        self._seen: set[tuple[str | None, Span, str]] = set()

    def add(self, diagnostic: Diagnostic) -> Diagnostic:
        key = (diagnostic.code, diagnostic.span, diagnostic.message)
        if key not in self._seen:
            self._seen.add(key)
            self.messages.append(diagnostic)
        return diagnostic

    def error(self, code: str | None, message: str, span: Span, label: str = "") -> Diagnostic:
        return self.add(Diagnostic("error", code, message, span, label))

    def warning(self, code: str | None, message: str, span: Span, label: str = "") -> Diagnostic:
        return self.add(Diagnostic("warning", code, message, span, label))

    def clear(self) -> None:
        self.messages.clear()
        self.unparsed = False
        self._seen.clear()

    @property
    def has_errors(self) -> bool:
        return bool(self.messages) and any(d.level == "error" for d in self.messages)

    @property
    def errors(self) -> list[Diagnostic]:
        return [d for d in self.messages if d.level == "error"]

    def render(self) -> str:
        """All messages as text, and where their codes are explained."""
        said = [d.render(self.sources) for d in self.messages]
        told = self.errors or self.messages
        more = pointer([d.code for d in told if d.code], "error" if self.has_errors else "warning")
        return "\n".join([*said, more] if more else said)

    def to_json_lines(self) -> str:
        return "".join(json.dumps(d.to_json(self.sources)) + "\n" for d in self.messages)


def read_source(path: Path) -> str:
    """The text of a source file.

    Raises OSError if it cannot be read or has more than `MOST_SOURCE_BYTES`, and ValueError, naming the first bad byte,
    if it is not UTF-8.
    """
    data = read_whole(path, MOST_SOURCE_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: byte {error.start} (0x{data[error.start]:02x}) is not valid UTF-8; save the file as UTF-8"
        ) from None
