"""Instruction descriptions: each instruction is said once, in a table row next to its semantics.

A row reads like the manual's listing::

    add | 0000000 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | Adds, ignoring overflow.

Its columns are the mnemonic, the bit pattern from the most to the least significant bit, the assembly operands, and one
sentence. Rows that behave alike share one clause: a semantics function `(m, op, operands…)`, `op` being the mnemonic.

A pattern is a list of tokens:

- binary digits: fixed bits;
- `rd`, `rs1/rd`: a field of its type's own width (after a slash, the last name counts);
- `imm[12|10:5]`: the named bits of a field whose other bits stand elsewhere in the pattern;
- `rd≠0`, `rd≠{0,2}`: a field that must not have these values: such words are not this instruction.

Everything else (decoder, encoder, assembler, disassembler, generators, reference pages) is derived from the records.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from engines.vm.errors import MachineError

if TYPE_CHECKING:
    from engines.vm.isa.derive.effects import Effects

Semantics: TypeAlias = Callable[..., None]
"""`(machine, *operands) -> None`; see `engines.vm.isa.machine`."""


class TableError(MachineError, ValueError):
    """An instruction table contradicts itself. The message names the instruction and the rule."""


class EncodingError(MachineError, ValueError):
    """An operand value has no encoding. The message names the value and the legal range."""


class OperandKind(StrEnum):
    """What a field selects, which decides how semantics receive it and how assembly spells it."""

    X = "x"
    """Integer register; semantics get an opaque register."""
    F = "f"
    """Floating-point register."""
    IMMEDIATE = "immediate"
    """Constant; semantics get a 64-bit value, scaled and sign-extended."""
    ROUNDING = "rounding"
    """The `rm` field."""
    CSR = "csr"
    """CSR number; semantics get a 12-bit value."""
    ORDERING = "ordering"
    """`aq`, `rl`: one bit each, spelt as a suffix of the mnemonic."""
    FENCE_SET = "fence set"
    """Four bits `iorw`."""
    V = "v"
    """Vector register; semantics get an opaque register."""
    MASK = "mask"
    """The `vm` bit: 0 where v0 masks the operation. Known when semantics are evaluated."""
    VTYPE = "vtype"
    """Constant for vtype; semantics get a 64-bit value."""
    BITS = "bits"
    """Uninterpreted bits that assembly does not spell."""


@dataclass(frozen=True)
class FieldType:
    """What a field name means in an ISA: a vocabulary maps names to these.

    Attributes:
        width: bits, for a field written without a bit list; 0 if a bit list is required.
        base: added to the encoded number (`rd'` counts from x8).
        nonzero: 0 is a reserved encoding.
    """

    kind: OperandKind
    width: int = 0
    signed: bool = False
    base: int = 0
    nonzero: bool = False


@dataclass(frozen=True)
class Piece:
    """`width` bits at `word_low` of the instruction are bits `value_low…` of the field's value."""

    word_low: int
    value_low: int
    width: int


@dataclass(frozen=True)
class Field:
    """An operand as it is encoded.

    Attributes:
        name: the manual's name.
        pieces: where its bits stand, from the most significant bit of the word down.
        bits: width of the value; for scaled immediates this counts the low zero bits too.
        low: lowest encoded bit of the value; values are multiples of `1 << low`.
        excluded: values that make the word another instruction or a reserved encoding.
    """

    name: str
    kind: OperandKind
    pieces: tuple[Piece, ...]
    bits: int
    low: int = 0
    signed: bool = False
    base: int = 0
    excluded: frozenset[int] = frozenset()

    @property
    def minimum(self) -> int:
        return self.base - (1 << self.bits - 1 if self.signed else 0)

    @property
    def maximum(self) -> int:
        """Largest value, a multiple of `step`."""
        top = 1 << (self.bits - 1 if self.signed else self.bits)
        return self.base + top - self.step

    @property
    def step(self) -> int:
        return 1 << self.low

    @property
    def mask(self) -> int:
        """The bits of the word that this field occupies."""
        return sum(((1 << p.width) - 1) << p.word_low for p in self.pieces)

    @property
    def values(self) -> range:
        """All values with an encoding, `excluded` ones not yet taken out."""
        return range(self.minimum, self.maximum + 1, self.step)

    @property
    def default(self) -> int:
        """What `Instruction.encode` takes when nothing is given: 0, else the least positive legal value."""
        candidates = chain((0, self.step), self.values)
        return next(v for v in candidates if v in self.values and v not in self.excluded)

    def extract(self, word: int) -> int:
        """The field's value in `word`; negative where a signed field is."""
        value = 0
        for p in self.pieces:
            value |= (word >> p.word_low & ((1 << p.width) - 1)) << p.value_low
        if self.signed and value >> self.bits - 1:
            value -= 1 << self.bits
        return value + self.base

    def insert(self, value: int) -> int:
        """The bits of a word that encode `value`.

        Raises:
            EncodingError: out of range, not a multiple of `step`, or excluded.
        """
        if value not in self.values:
            multiple = f" in steps of {self.step}" if self.step > 1 else ""
            raise EncodingError(f"{self.name} = {value} has no encoding: {self.minimum} … {self.maximum}{multiple}")
        if value in self.excluded:
            without = ", ".join(map(str, sorted(self.excluded)))
            raise EncodingError(f"{self.name} = {value} has no encoding here: {without} excluded")
        value -= self.base
        return sum((value >> p.value_low & ((1 << p.width) - 1)) << p.word_low for p in self.pieces)


@dataclass(frozen=True)
class Operand:
    """An argument of the semantics function: a field of the word, or a constant that the instruction implies."""

    name: str
    kind: OperandKind
    field: Field | None
    constant: int = 0

    def value(self, word: int) -> int:
        """The argument as an integer: register number, CSR number, or immediate (negative where it is)."""
        return self.constant if self.field is None else self.field.extract(word)


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction.

    Attributes:
        name: identifier, `amoadd_w`.
        mnemonic: `amoadd.w`.
        pattern: as in the manual.
        assembly: operands as text, `rd, rs2, (rs1)`; `rm=dyn` may be left out and then means `dyn`.
        extension: the manual's name, `A`.
        section: manual and section, `Unprivileged ISA §14.4`.
        doc: one sentence.
        length: bytes.
        mask, match: a word is this instruction if `word & mask == match` and no field has an excluded value.
        fields: all fields of the pattern, most significant first, each once.
        operands: arguments of `semantics` after the machine, in order.
        semantics: what it does; bound to this mnemonic.
        expands_to: name of the base instruction that a compressed one stands for.
    """

    name: str
    mnemonic: str
    pattern: str
    assembly: str
    extension: str
    section: str
    doc: str
    length: int
    mask: int
    match: int
    fields: tuple[Field, ...]
    operands: tuple[Operand, ...]
    semantics: Semantics
    expands_to: str | None = None

    def __repr__(self) -> str:
        return f"<{self.name}: {self.pattern}>"

    def matches(self, word: int) -> bool:
        """Whether `word` (of `length` bytes) is this instruction."""
        if word & self.mask != self.match:
            return False
        constrained = self.constrained
        return not constrained or all(f.extract(word) not in f.excluded for f in constrained)

    @cached_property
    def constrained(self) -> tuple[Field, ...]:
        """The fields that have excluded values."""
        return tuple(f for f in self.fields if f.excluded)

    def field(self, name: str) -> Field:
        for f in self.fields:
            if f.name == name:
                return f
        raise KeyError(f"{self.name} has no field {name!r}; it has {', '.join(f.name for f in self.fields) or 'none'}")

    def decode(self, word: int) -> tuple[int, ...]:
        """The semantics arguments in `word`, in the order of `operands`."""
        return tuple(o.value(word) for o in self.operands)

    def encode(self, **values: int) -> int:
        """The word with these field values, by field name; fields left out have their `default`.

        Raises:
            EncodingError: a value has no encoding, or no such field.
        """
        word = self.match
        for f in self.fields:
            try:
                word |= f.insert(values.pop(f.name) if f.name in values else f.default)
            except EncodingError as error:
                raise EncodingError(f"{self.mnemonic}: {error}") from None
        if values:
            known = ", ".join(f.name for f in self.fields) or "none"
            raise EncodingError(f"{self.mnemonic} has no field {', '.join(values)}; it has {known}")
        return word

    def run(self, machine: Any, arguments: Iterable[Any]) -> None:
        """Evaluate the semantics over `machine`."""
        self.semantics(machine, *arguments)

    @property
    def reads(self) -> tuple[Operand, ...]:
        """Register operands that are read: those that the manual calls rs1, rs2, rs3."""
        return tuple(o for o in self.operands if o.kind in REGISTERS and o.name.startswith("rs"))

    @property
    def writes(self) -> tuple[Operand, ...]:
        """Register operands that are written: the one that the manual calls rd."""
        return tuple(o for o in self.operands if o.kind in REGISTERS and o.name == "rd")

    @cached_property
    def effects(self) -> Effects:
        """What the semantics do to control, memory, CSRs; found by evaluating them once over unknown values."""
        from engines.vm.isa.derive.effects import probe

        return probe(self.semantics, self.operands)


REGISTERS: Final = frozenset((OperandKind.X, OperandKind.F))

_TOKEN = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9'/]*)(?:\[(?P<bits>[0-9:|]+)\])?(?:≠(?P<not>\d+|\{\d+(?:,\d+)*\}))?")
_COLUMN = re.compile(r"\s+\|\s+")


@dataclass
class _Growing:
    """A field while its pattern is read."""

    type: FieldType
    pieces: list[Piece]
    excluded: set[int]


def parse_pattern(pattern: str, vocabulary: Mapping[str, FieldType]) -> tuple[int, int, int, tuple[Field, ...]]:
    """Read a bit pattern into (length in bytes, mask, match, fields).

    Raises:
        TableError: an unknown field, a token that is not one, bits given twice or left out, or a width other than 16
            or 32.
    """
    tokens = pattern.split()
    widths = [_token_width(token, vocabulary, pattern) for token in tokens]
    total = sum(widths)
    if total not in (16, 32):
        raise TableError(f"pattern {pattern!r} has {total} bits; an instruction has 16 or 32")
    mask = match = 0
    position = total
    growing: dict[str, _Growing] = {}
    for token, width in zip(tokens, widths, strict=True):
        position -= width
        if token.strip("01") == "":
            mask |= ((1 << width) - 1) << position
            match |= int(token, 2) << position
            continue
        parts = _TOKEN.fullmatch(token)
        assert parts is not None
        name = parts["name"].rpartition("/")[2]
        grow = growing.setdefault(name, _Growing(vocabulary[name], [], set()))
        upper = position + width
        for high, low in _bit_ranges(parts["bits"]) or [(width - 1, 0)]:
            upper -= high - low + 1
            grow.pieces.append(Piece(upper, low, high - low + 1))
        if parts["not"]:
            grow.excluded |= {int(n) for n in parts["not"].strip("{}").split(",")}
    fields = tuple(_finish(name, grow, pattern) for name, grow in growing.items())
    return total // 8, mask, match, fields


def _token_width(token: str, vocabulary: Mapping[str, FieldType], pattern: str) -> int:
    if token.strip("01") == "":
        return len(token)
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise TableError(f"{token!r} in pattern {pattern!r} is neither binary digits nor a field")
    for name in parts["name"].split("/"):
        if name not in vocabulary:
            raise TableError(f"unknown field {name!r} in pattern {pattern!r}; known: {', '.join(sorted(vocabulary))}")
    if parts["bits"]:
        ranges = _bit_ranges(parts["bits"])
        if any(high < low for high, low in ranges):
            raise TableError(f"{token!r} in pattern {pattern!r}: bit ranges are written high:low")
        return sum(high - low + 1 for high, low in ranges)
    width = vocabulary[name].width
    if not width:
        raise TableError(f"field {name!r} in pattern {pattern!r} needs a bit list such as {name}[11:0]")
    return width


def _bit_ranges(bits: str | None) -> list[tuple[int, int]]:
    """`12|10:5` as [(12, 12), (10, 5)]."""
    ranges = []
    for part in (bits or "").split("|"):
        if part:
            high, _, low = part.partition(":")
            ranges.append((int(high), int(low or high)))
    return ranges


def _finish(name: str, grow: _Growing, pattern: str) -> Field:
    bits = max(p.value_low + p.width for p in grow.pieces)
    low = min(p.value_low for p in grow.pieces)
    covered = 0
    for p in grow.pieces:
        piece = ((1 << p.width) - 1) << p.value_low
        if covered & piece:
            raise TableError(f"field {name!r} in pattern {pattern!r} has a bit twice")
        covered |= piece
    if covered != (1 << bits) - (1 << low):
        missing = [b for b in range(low, bits) if not covered >> b & 1]
        raise TableError(f"field {name!r} in pattern {pattern!r} lacks bits {missing}")
    excluded = grow.excluded | ({0} if grow.type.nonzero else set())
    return Field(
        name, grow.type.kind, tuple(grow.pieces), bits, low, grow.type.signed, grow.type.base, frozenset(excluded)
    )


class Extension:
    """The instructions of one extension, collected from its clauses.

    Iterating gives the `Instruction` records in table order.
    """

    def __init__(self, name: str, manual: str, vocabulary: Mapping[str, FieldType]) -> None:
        self.name = name
        self.manual = manual
        self.vocabulary = vocabulary
        self._instructions: list[Instruction] = []

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self._instructions)

    def __len__(self) -> int:
        return len(self._instructions)

    def clause(self, section: str, rows: str, *, f: str = "") -> Callable[[Semantics], Semantics]:
        """Decorate a semantics function `(m, op, operands…)` with the rows that it serves.

        Args:
            section: number in the manual, `2.4.2`.
            rows: one line per instruction, four columns separated by ` | `.
            f: names of the register fields that select floating-point registers.

        Raises:
            TableError: a row is malformed, or the function's parameters are not fields of each pattern.
        """

        def collect(function: Semantics) -> Semantics:
            names = _operand_names(function)
            for mnemonic, pattern, assembly, doc in _rows(rows, 4):
                length, mask, match, fields = parse_pattern(pattern, self._floating(f))
                by_name = {field.name: field for field in fields}
                for name in names:
                    if name not in by_name:
                        raise TableError(
                            f"{mnemonic}: semantics parameter {name!r} is no field of pattern {pattern!r}; "
                            f"fields: {', '.join(by_name) or 'none'}"
                        )
                operands = tuple(Operand(name, by_name[name].kind, by_name[name]) for name in names)
                semantics = _bind(function, mnemonic)
                self._add(mnemonic, pattern, assembly, section, doc, length, mask, match, fields, operands, semantics)
            return function

        return collect

    def expansions(self, section: str, rows: str, base: Mapping[str, Instruction]) -> None:
        """Add compressed instructions: four columns, the last being the expansion, `addi rd=rd' rs1=x2 imm=nzuimm`.

        An operand of the base instruction is given a field of the pattern, a register `x2`, or a number.

        Raises:
            TableError: a row is malformed, or an operand of the base instruction is not given.
        """
        for mnemonic, pattern, assembly, expansion in _rows(rows, 4):
            base_mnemonic, *assignments = expansion.split()
            if base_mnemonic not in base:
                raise TableError(f"{mnemonic} expands to {base_mnemonic!r}, which is no base instruction")
            target = base[base_mnemonic]
            given = dict(a.partition("=")[::2] for a in assignments)
            floating = " ".join(given.get(o.name, "") for o in target.operands if o.kind is OperandKind.F)
            length, mask, match, fields = parse_pattern(pattern, self._floating(floating))
            by_name = {field.name: field for field in fields}
            operands = []
            for operand in target.operands:
                if operand.name not in given:
                    raise TableError(f"{mnemonic}: expansion {expansion!r} gives no {operand.name!r}")
                source = given[operand.name]
                if source in by_name:
                    operands.append(Operand(operand.name, operand.kind, by_name[source]))
                elif re.fullmatch(r"x?\d+", source):
                    operands.append(Operand(operand.name, operand.kind, None, int(source.removeprefix("x"))))
                else:
                    raise TableError(f"{mnemonic}: {source!r} in {expansion!r} is neither a field nor a constant")
            arguments = tuple(operands)
            doc = f"Short for `{expansion}`. {target.doc}"
            self._add(
                mnemonic, pattern, assembly, section, doc, length, mask, match, fields, arguments,
                target.semantics, target.name,
            )  # fmt: skip

    def _floating(self, names: str) -> Mapping[str, FieldType]:
        if not names:
            return self.vocabulary
        changed = dict(self.vocabulary)
        for name in names.split():
            old = changed[name]
            changed[name] = FieldType(OperandKind.F, old.width, old.signed, old.base, old.nonzero)
        return changed

    def _add(
        self,
        mnemonic: str,
        pattern: str,
        assembly: str,
        section: str,
        doc: str,
        length: int,
        mask: int,
        match: int,
        fields: tuple[Field, ...],
        operands: tuple[Operand, ...],
        semantics: Semantics,
        expands_to: str | None = None,
    ) -> None:
        if not doc:
            raise TableError(f"{mnemonic} has no description")
        self._instructions.append(
            Instruction(
                name=mnemonic.replace(".", "_"),
                mnemonic=mnemonic,
                pattern=pattern,
                assembly=assembly,
                extension=self.name,
                section=f"{self.manual} §{section}",
                doc=doc,
                length=length,
                mask=mask,
                match=match,
                fields=fields,
                operands=operands,
                semantics=semantics,
                expands_to=expands_to,
            )
        )


def _rows(rows: str, columns: int) -> Iterator[list[str]]:
    for line in rows.strip().splitlines():
        row = [column.strip() for column in _COLUMN.split(line.strip())]
        if len(row) != columns:
            raise TableError(f"a row has {columns} columns separated by ' | ', not {len(row)}: {line.strip()!r}")
        yield row


def _operand_names(function: Semantics) -> tuple[str, ...]:
    names = tuple(inspect.signature(function).parameters)
    if names[:2] != ("m", "op"):
        raise TableError(f"semantics {function.__qualname__} begins with {names[:2]}, must begin with (m, op)")
    return names[2:]


def _bind(function: Semantics, mnemonic: str) -> Semantics:
    def semantics(m: Any, *operands: Any) -> None:
        function(m, mnemonic, *operands)

    semantics.__name__ = semantics.__qualname__ = mnemonic.replace(".", "_")
    semantics.__doc__ = function.__doc__
    semantics.__module__ = function.__module__
    semantics.clause = function  # type: ignore[attr-defined]
    return semantics


class InstructionSet:
    """A whole table, checked: names are unique and no word belongs to two instructions.

    Iteration and `len` as a tuple of `Instruction`; `by_name["amoadd_w"]`, `by_mnemonic["amoadd.w"]`.

    Raises:
        TableError: two instructions share a name or a word; the message shows both patterns and such a word.
    """

    def __init__(self, *extensions: Extension) -> None:
        self.instructions: tuple[Instruction, ...] = tuple(i for e in extensions for i in e)
        self.by_name: dict[str, Instruction] = {}
        self.by_mnemonic: dict[str, Instruction] = {}
        for i in self.instructions:
            if i.name in self.by_name:
                raise TableError(f"{i.name} is described twice, in {self.by_name[i.name].extension} and {i.extension}")
            self.by_name[i.name] = i
            self.by_mnemonic[i.mnemonic] = i
        self._refuse_overlaps()

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self.instructions)

    def __len__(self) -> int:
        return len(self.instructions)

    def __getitem__(self, name: str) -> Instruction:
        return self.by_name[name]

    def _refuse_overlaps(self) -> None:
        for index, a in enumerate(self.instructions):
            for b in self.instructions[:index]:
                if a.length == b.length and not (a.match ^ b.match) & a.mask & b.mask and not _kept_apart(a, b):
                    word = a.match | b.match
                    raise TableError(
                        f"{b.name} ({b.pattern}) and {a.name} ({a.pattern}) share the word {word:#x}; "
                        "make a fixed bit differ or exclude a field's value with ≠"
                    )


def _kept_apart(a: Instruction, b: Instruction) -> bool:
    """Whether an excluded value of one is what the other's fixed bits force."""
    mask, match = a.mask | b.mask, a.match | b.match
    return any(f.mask & ~mask == 0 and f.extract(match) in f.excluded for f in (*a.constrained, *b.constrained))
