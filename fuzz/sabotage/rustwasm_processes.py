"""Injected bugs between processes: what one does and another does not learn, or reads wrongly."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

_BYTES: Final = "tests/engines/rustwasm/release/test_processes.py::test_bytes_do_not_depend_on_the_number_of_processes"
BUGS: Final = Catalogue(judges=(f"{_BYTES}[bank-gc]",))


class _NobodyKnows(dict[int, Any]):
    """What was told of each function, which is nothing when it is asked for."""

    def __getitem__(self, function: int) -> Any:
        return None


@BUGS.action("rust-callees-not-told", Area.RUST_RELEASE, "what another process did is not known",
             description="a process puts functions in callers as they were before another worked on them")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release.processes import Pool

    def wrapper(original: Any) -> Any:
        def hand_out(self: Any) -> None:
            told, self._told = self._told, _NobodyKnows()
            try:
                original(self)
            finally:
                self._told = told

        return hand_out

    replace_method(Pool, "_hand_out", wrapper)


@BUGS.action("rust-inlining-without-growth-not-told", Area.RUST_RELEASE, "what another process did is not known",
             description="a caller that got an empty function in is said to be as it was")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release.inline import _Inlining, size_of

    def wrapper(original: Any) -> Any:
        def tell(self: Any, function: int) -> Any:
            grown = self.sizes[function] != self.first_sizes[function]
            return original(self, function) if grown else None

        return tell

    def begun(original: Any) -> Any:
        def made(self: Any, *arguments: Any) -> None:
            original(self, *arguments)
            self.first_sizes = {function: size_of(tree) for function, tree in self.trees.items()}

        return made

    replace_method(_Inlining, "__init__", begun)
    replace_method(_Inlining, "tell", wrapper)


@BUGS.action("rust-order-of-functions-ignored", Area.RUST_RELEASE, "the order of effects",
             description="a process gets functions whose callees nobody worked on yet")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release.processes import Pool

    def wrapper(original: Any) -> Any:
        def made(self: Any, errand: Any, order: Any, after: Any) -> None:
            original(self, errand, order, {})

        return made

    replace_method(Pool, "__init__", wrapper)


@BUGS.action("rust-kept-bodies-lose-mutability", Area.RUST_LOWERING, "what was kept is read wrongly",
             judges=("tests/engines/rustwasm/lower_linear/test_library_instances.py",),
             description="locals of the library's bodies that are read from disk are none that may change")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.library_bodies import LibraryBodies

    def wrapper(original: Any) -> Any:
        def find(self: Any, function: Any) -> Any:
            found = original(self, function)
            for local in () if found is None else found.locals:
                local.mutable = False
            return found

        return find

    replace_method(LibraryBodies, "find", wrapper)
