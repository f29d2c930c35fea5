"""Plain records with annotated fields, as `dataclasses` makes them, for modules that every start of a program imports.

The standard module compiles methods for each class and imports the source inspector: together two fifths of what a
start executes (docs/decisions/0016-records-for-quick-starts.md). Here one constructor serves all classes. Type checkers
treat `record` as `dataclass`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, NamedTuple, TypeVar, dataclass_transform

    T = TypeVar("T")
else:
    from _collections import _tuplegetter as field_of

    def dataclass_transform(**_settings):
        """What only type checkers look at."""
        return lambda decorator: decorator

    class _NamedTupleType(type):
        """Makes a tuple's class from a body with annotated fields, as `typing.NamedTuple` does."""

        def __new__(meta, name, bases, body):
            if not bases:
                return super().__new__(meta, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            own = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            own |= {field: field_of(at, f"Alias for field number {at}") for at, field in enumerate(fields)}
            return type(name, (_Tuple,), own | body)

    class _Tuple(tuple):
        """What all such classes have in common."""

        __slots__ = ()

        def __new__(cls, *given, **named):
            fields = cls._fields
            if named or len(given) != len(fields):
                given = _in_order(cls, given, named)
            return tuple.__new__(cls, given)

        @classmethod
        def _make(cls, given):
            return cls(*given)

        def _replace(self, **changes):
            return type(self)(**(self._asdict() | changes))

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

    def _in_order(cls, given, named):
        """The values of all fields."""
        fields, defaults = cls._fields, cls._field_defaults
        if len(given) > len(fields):
            raise TypeError(f"{cls.__name__} has {len(fields)} fields, {len(given)} values were given")
        found = dict(zip(fields, given, strict=False))
        for name, value in named.items():
            if name in found or name not in fields:
                wrong = "is given twice" if name in found else f"is no field; there are {', '.join(fields)}"
                raise TypeError(f"{cls.__name__}: {name} {wrong}")
            found[name] = value
        found = defaults | found
        missing = [name for name in fields if name not in found]
        if missing:
            raise TypeError(f"{cls.__name__}: {missing[0]} is missing")
        return [found[name] for name in fields]

    class NamedTuple(metaclass=_NamedTupleType):
        """`typing.NamedTuple`; that module alone imports regular expressions and enumerations."""


_ABSENT: Final = object()
_CONSTANT: Final = "ClassVar"


class _Made:
    """A default that is made anew for each record."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


def made(*, default_factory: Callable[[], T]) -> T:
    """The default of a field: what `default_factory` returns, for each record its own."""
    return _Made(default_factory)  # type: ignore[return-value]  # seen by the class decorator alone


@dataclass_transform(field_specifiers=(made,))
def record(*, frozen: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]:
    """Give a class with annotated fields a constructor, a representation and comparison by fields.

    Constructors raise TypeError for fields that are missing, unknown or given twice. A class may define
    `__post_init__`. Fields of a base that is a record come first.

    Args:
        frozen: fields cannot be assigned later, and records can be hashed.
        eq: records are compared by their fields; else by identity.
    """

    def decorate(cls: type[T]) -> type[T]:
        defaults: dict[str, Any] = dict(getattr(cls, "__record_fields__", {}))
        for name, kind in getattr(cls, "__annotations__", {}).items():
            if not str(kind).startswith(_CONSTANT):
                defaults[name] = cls.__dict__.get(name, _ABSENT)
        methods: dict[str, Any] = {"__record_fields__": defaults, "__init__": _initialise, "__repr__": _represent}
        if eq:
            methods["__eq__"] = _equal
            methods["__hash__"] = _hash if frozen else None
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
        for name, method in methods.items():
            if name not in cls.__dict__ or method is None:
                setattr(cls, name, method)
        for name, default in defaults.items():
            if isinstance(default, _Made) and name in cls.__dict__:
                delattr(cls, name)
        return cls

    return decorate


def values(instance: object) -> dict[str, Any]:
    """The fields of a record by name."""
    return {name: getattr(instance, name) for name in instance.__record_fields__}  # type: ignore[attr-defined]


def replace(instance: T, **changes: Any) -> T:
    """A copy with other values for some fields.

    Raises:
        TypeError: there is no such field.
    """
    return type(instance)(**(values(instance) | changes))


def _initialise(self: Any, *given: Any, **named: Any) -> None:
    defaults = self.__record_fields__
    found = self.__dict__
    found.update(zip(defaults, given, strict=False))
    if len(given) > len(defaults):
        raise TypeError(f"{type(self).__name__} has {len(defaults)} fields, {len(given)} values were given")
    for name, default in defaults.items() if named or len(given) < len(defaults) else ():
        if name in named:
            if name in found:
                raise TypeError(f"{type(self).__name__}: {name} is given twice")
            found[name] = named.pop(name)
        elif name not in found:
            if default is _ABSENT:
                raise TypeError(f"{type(self).__name__}: {name} is missing")
            found[name] = default.factory() if type(default) is _Made else default
    if named:
        raise TypeError(f"{type(self).__name__} has no field {', '.join(named)}; it has {', '.join(defaults)}")
    prepare = getattr(self, "__post_init__", None)
    if prepare is not None:
        prepare()


def _represent(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in values(self).items())})"


def _equal(self: Any, other: object) -> Any:
    return values(self) == values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(values(self).values()))


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} cannot be changed: the record is frozen")


__all__ = ["NamedTuple", "made", "record", "replace", "values"]
