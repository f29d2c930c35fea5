"""What the bodies of a module under construction may refer to."""

from __future__ import annotations

from dataclasses import dataclass, field

from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.types import ArrayType, FunctionType, RecursiveGroup, StructType, SubType


@dataclass
class Scene:
    """The module so far.

    Attributes:
        types: the type index space.
        signatures, function_types: per function, its signature and type index.
        tags: type index of each tag.
    """

    module: Module
    types: list[SubType] = field(default_factory=list)
    signatures: list[FunctionType] = field(default_factory=list)
    function_types: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    _known: dict[FunctionType, int] = field(default_factory=dict)

    def add_group(self, group: RecursiveGroup) -> None:
        self.module.types.append(group)
        self.types += group

    def function_type(self, signature: FunctionType) -> int:
        """The index of a function type, defined when first asked for."""
        if signature not in self._known:
            self._known[signature] = len(self.types)
            self.add_group((SubType(signature),))
        return self._known[signature]

    def structs(self) -> list[int]:
        return [index for index, one in enumerate(self.types) if isinstance(one.composite, StructType)]

    def arrays(self) -> list[int]:
        return [index for index, one in enumerate(self.types) if isinstance(one.composite, ArrayType)]

    def supertype(self, index: int) -> int | None:
        return self.types[index].supertypes[0] if self.types[index].supertypes else None

    def is_subtype(self, sub: int, sup: int) -> bool:
        """Whether struct type `sub` is `sup` or below it in the declared chain."""
        current: int | None = sub
        while current is not None:
            if current == sup:
                return True
            current = self.supertype(current)
        return False
