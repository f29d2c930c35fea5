"""A crate that is checked again and again while it is edited: only what an edit touched is looked at again.

An edit inside the body of one function of one file leaves every definition as it was, so that function's types, MIR and
borrows are all that is computed anew. Any other edit, and one after which this cannot be told, checks the whole crate.
Either way the diagnostics and the program are those of a fresh check.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from engines.rustwasm.borrow.check import BorrowChecker
from engines.rustwasm.compilation import SETTINGS, Compilation, check_file, quiet_runtime
from engines.rustwasm.mir.build import closure_path
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.cursor import SyntaxStop
from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceFile, SourceMap, read_source
from engines.rustwasm.syntax.lexer import Tokens, tokenize
from engines.rustwasm.syntax.parse_items import Parser
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.dyn_compatible import check_objects

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.development import Kept
    from engines.rustwasm.typing.definitions import FnDef

_ITEMS: Final = frozenset(
    ("fn", "struct", "enum", "impl", "trait", "mod", "use", "static", "const", "type", "extern", "macro_rules", "union")
)
"""Words that may begin an item in a block: a body with one declares something."""
_FULL: Final = ("macro_rules", "Gc", "wasm::")
"""In a file with one of these an edit of one body may concern others."""
_EDITS: Final = 200
"""Edits after which the crate is checked as a whole, to forget the texts of old bodies."""


class Session:
    """One crate and its compilation. `reused` says whether the last `update` looked at one function only, `rebuilt` how
    many functions the last `build` lowered."""

    def __init__(self, path: Path, settings: frozenset[str] = SETTINGS) -> None:
        self.path = path
        self.settings = settings
        self.reused = False
        self.compilation: Compilation | None = None
        self.rebuilt = 0
        self._broken: set[FnDef] = set()
        self._clean = False
        self._edits = 0
        self._kept: Kept | None = None

    def update(self) -> Compilation:
        """Check the crate as its files are now.

        Raises:
            OSError, ValueError: the main file cannot be read.
        """
        self.reused = False
        if self.compilation is not None and self._clean and self._edits < _EDITS:
            changed = self._changed(self.compilation)
            if changed is not None and (
                not changed or (len(changed) == 1 and self._patch(self.compilation, *changed[0]))
            ):
                self.reused = True
                return self.compilation
        self.compilation = check_file(self.path, self.settings)
        self._broken.clear()
        self._edits = 0
        declared = self.compilation.declarations
        self._clean = not (
            self.compilation.diagnostics.messages
            or any(one.gc for one in declared.functions)
            or any(one.gc for one in declared.adts)
        )
        return self.compilation

    def build(self, names: bool = True) -> bytes:
        """The development build of what `update` checked, which has to be without errors. Functions whose MIR is that
        of the last build are not lowered again (`rebuilt` counts the others); the bytes are those of a fresh build.

        Raises:
            ValueError: nothing was checked yet, there are errors, or the program has no `main`.
        """
        compilation = self.compilation
        if compilation is None or compilation.diagnostics.has_errors:
            raise ValueError("a crate is built after `update` found no errors in it")
        from engines.rustwasm.lower_linear import development

        if self._kept is None or self._kept.compilation is not compilation:
            self._kept = development.Kept(compilation)
        with quiet_runtime():
            content = development.build(self._kept, names)
        self.rebuilt = len(self._kept.functions) - self._kept.reused
        return content

    def files(self) -> list[Path]:
        """The crate's files, as far as they are known."""
        if self.compilation is None:
            return [self.path]
        return [Path(file.name) for file in self._own(self.compilation) if file.origin is file]

    def _own(self, compilation: Compilation) -> list[SourceFile]:
        base = compilation.base
        return compilation.sources.files[len(base.sources.files) if base is not None else 0 :]

    def _changed(self, compilation: Compilation) -> list[tuple[SourceFile, str]] | None:
        """Files with another text now; None if one cannot be read any more."""
        found = []
        for file in self._own(compilation):
            if file.origin is file:
                try:
                    text = read_source(Path(file.name))
                except (OSError, ValueError):
                    return None
                if text != file.text:
                    found.append((file, text))
        return found

    def _patch(self, compilation: Compilation, file: SourceFile, text: str) -> bool:
        """Check the one function whose body the edit is in; False if there is none, or more changed than that."""
        old = file.text
        start = _common(old, text)
        limit = min(len(old), len(text)) - start
        tail = _common(old[: -limit - 1 : -1], text[: -limit - 1 : -1]) if limit else 0
        end = len(old) - tail
        delta = len(text) - len(old)
        function = self._around(compilation, file, start, end)
        if function is None or any(word in text for word in _FULL):
            return False
        body = function.syntax.body
        first, last = compilation.sources.file_of(body.span[0]).extent(body.span)
        fresh = SourceMap()
        parsed = Diagnostics(fresh)
        fresh.add(file.name, text)
        if _declares(tokenize(old[first:last], 0, parsed)):
            return False
        added = compilation.sources.files[-1]
        tokens = tokenize(text[first : last + delta], added.base + added.length + 1 + first, parsed)
        if parsed.messages or _declares(tokens):
            return False
        parser = Parser(tokens, parsed)
        parser.settings = self.settings
        try:
            made = parser.block_expression()
        except SyntaxStop:
            return False
        if parsed.messages or parser.kinds[parser.at] != "eof":
            return False
        for one in self._own(compilation):
            if one.origin is file:
                one.replace(text, end, delta)
        later = compilation.sources.add(file.name, text)
        later.origin = file
        self._name_closures(compilation, file)
        function.syntax.body = made
        self._edits += 1
        self._broken.add(function)
        self._recheck(compilation)
        return True

    def _name_closures(self, compilation: Compilation, file: SourceFile) -> None:
        """Closures are called after their lines, which an edit above them moves."""
        consts = [one.body for one in compilation.declarations.consts if one.body is not None]
        for function in (*compilation.declarations.functions, *consts):
            for closure in function.mir.closures if function.mir is not None else ():
                if compilation.sources.file_of(closure.span[0]).origin is file:
                    line = "{}:{}:{}".format(*compilation.sources.locate(closure.span[0]))
                    closure.name = line
                    closure.body.path = closure_path(function, closure)

    def _around(self, compilation: Compilation, file: SourceFile, start: int, end: int) -> FnDef | None:
        """The innermost function whose body, between its braces, the edit is in."""
        best: FnDef | None = None
        width = len(file.text) + 1
        sources = compilation.sources
        for function in compilation.declarations.functions:
            syntax = function.syntax
            if not isinstance(syntax, t.FnItem) or syntax.body is None or syntax.is_const:
                continue
            holder = sources.file_of(syntax.body.span[0])
            if holder.origin is not file:
                continue
            first, last = holder.extent(syntax.body.span)
            if not (first < start and end < last and last - first < width and file.text[last - 1] == "}"):
                continue
            if file.text[first] == "{" and not ty.erase(function.output).flags & ty.HAS_OPAQUE:
                best, width = function, last - first
        return best

    def _recheck(self, compilation: Compilation) -> None:
        diagnostics = compilation.diagnostics
        diagnostics.clear()
        borrows = BorrowChecker(compilation, diagnostics)
        order = [one for one in compilation.declarations.functions if one in self._broken]
        with quiet_runtime():
            for function in order:
                function.mir = None
                compilation.body_of(function)
            check_objects(compilation)
            wrong = [error.span[0] for error in diagnostics.errors]
            for function in order:
                first, last = function.syntax.body.span
                if function.mir is not None and not any(first <= at < last for at in wrong):
                    borrows.check(function.mir)
        if not diagnostics.messages:
            self._broken.clear()


def _common(one: str, other: str) -> int:
    """The length of the common beginning, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _declares(tokens: Tokens) -> bool:
    return any(kind in _ITEMS or text == "macro_rules" for kind, text in zip(tokens.kinds, tokens.texts, strict=True))
