"""Enumerations of integers and of texts, as the standard module `enum` makes them, for what every start imports.

The module itself and the classes that it makes, ten microseconds for each member, are a tenth of what a start executes
(docs/decisions/0018-what-a-start-imports.md). Type checkers see the standard classes. Members are made by assignments
in the class's body; one whose value was there is another name for that one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from enum import IntEnum, StrEnum
else:

    class _Enumeration(type):
        """The class of enumerations: what can be asked of them, not of their members."""

        def __new__(meta, name, bases, body):
            kind = next((kind for kind in (int, str) if kind in bases[0].__mro__), None) if bases else None
            own = kind and [n for n, value in body.items() if isinstance(value, kind) and not n.startswith("__")]
            values = {n: body.pop(n) for n in own or ()}
            made = super().__new__(meta, name, bases, body)
            made._value2member_map_ = {}
            made.__members__ = {}
            for n, value in values.items():
                member = made._value2member_map_.get(value)
                if member is None:
                    member = made._value2member_map_[value] = kind.__new__(made, value)
                    member.name, member.value = n, value
                made.__members__[n] = member
                setattr(made, n, member)
            return made

        def __call__(cls, value):
            try:
                return cls._value2member_map_[value]
            except (KeyError, TypeError):
                raise ValueError(f"{value!r} is not a valid {cls.__qualname__}") from None

        def __getitem__(cls, name):
            return cls.__members__[name]

        def __iter__(cls):
            return iter(cls._value2member_map_.values())

        def __reversed__(cls):
            return reversed(cls._value2member_map_.values())

        def __len__(cls):
            return len(cls._value2member_map_)

        def __contains__(cls, value):
            return value in cls._value2member_map_

    class IntEnum(int, metaclass=_Enumeration):
        """Members are integers, and are written as such."""

        def __repr__(self):
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __reduce__(self):
            return type(self), (self.value,)

        def __reduce_ex__(self, _protocol):
            return type(self), (self.value,)

        def __copy__(self):
            return self

        def __deepcopy__(self, _memory):
            return self

        __str__ = int.__repr__
        __format__ = int.__format__

    class StrEnum(str, metaclass=_Enumeration):
        """Members are texts."""

        __repr__ = IntEnum.__repr__
        __reduce__ = IntEnum.__reduce__
        __reduce_ex__ = IntEnum.__reduce_ex__
        __copy__ = IntEnum.__copy__
        __deepcopy__ = IntEnum.__deepcopy__
        __str__ = str.__str__
        __format__ = str.__format__


__all__ = ["IntEnum", "StrEnum"]
