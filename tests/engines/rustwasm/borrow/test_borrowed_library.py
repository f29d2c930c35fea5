"""The library's own Rust passes the borrow checker, but for what its bodies do with pointers that hide from it."""

from __future__ import annotations

from engines.rustwasm.borrow.check import BorrowChecker
from engines.rustwasm.compilation import library

TRUSTED: frozenset[str] = frozenset(
    (
        "<ChunksMut<'a, T> as Iterator>::next",
        "<IterMut<'a, K, V> as Iterator>::next",
        "<IterMut<'a, T> as DoubleEndedIterator>::next_back",
        "<IterMut<'a, T> as Iterator>::next",
        "<RangeMut<'a, K, V> as DoubleEndedIterator>::next_back",
        "<RangeMut<'a, K, V> as Iterator>::next",
        "RefMut<'b, T>::map",
        "Vec<T>::dedup_by",
        "Vec<T>::leak",
        "[T]::select_nth_unstable",
        "[T]::select_nth_unstable_by",
        "[T]::split_first_mut",
        "[T]::split_last_mut",
    )
)
"""Functions that give back what they lend of themselves, or tell parts of one slice apart: std's are `unsafe` there."""


def test_methods_of_the_library_are_what_their_traits_say() -> None:
    compilation = library()
    messages = compilation.diagnostics.messages
    checker = BorrowChecker(compilation, compilation.diagnostics)
    impls = [impl for impl in compilation.declarations.impls if impl.trait is not None]
    for impl in impls:
        checker.check_impl(impl)
    refused = [one.message for one in messages]
    messages.clear()
    assert len(impls) > 2000
    assert not refused


def test_bodies_of_the_library_are_accepted() -> None:
    compilation = library()
    messages = compilation.diagnostics.messages
    checker = BorrowChecker(compilation, compilation.diagnostics)
    checker.modes = None
    bodies = 0
    refused = set()
    for function in compilation.declarations.functions:
        body = compilation.body_of(function)
        if body is None:
            continue
        bodies += 1
        before = len(messages)
        checker.check(body)
        refused |= {function.path for _ in messages[before:]}
        del messages[before:]
    assert bodies > 4000
    assert refused == TRUSTED
