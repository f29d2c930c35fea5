"""What the progress files of campaigns have in common: one goes on only with its own plan, and counts are counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from harness.strict_json import Node

_LIMIT: Final = 1 << 62


def ask_same_plan(kept: Node, plan: Mapping[str, object]) -> None:
    """That an interrupted campaign, which had the plan `kept`, is the one that this `plan` would go on with.

    Raises:
        DocumentError: a field differs, or is not of the kind of this plan's.
    """
    for name, wanted in plan.items():
        node = kept.field(name)
        if _plain(node, wanted) != wanted:
            raise node.error(f"the campaign to go on with differs: this one has {wanted!r}")


def read_counts(document: Node, names: Iterable[str], totals: object) -> None:
    """Set the attributes `names` of `totals` to the document's fields of these names.

    Raises:
        DocumentError: one is no count.
    """
    for name in names:
        setattr(totals, name, document.field(name).integer(0, _LIMIT))


def read_counter(node: Node) -> Counter[str]:
    """A count per key.

    Raises:
        DocumentError: it is no object of counts.
    """
    return Counter({key: count.integer(0, _LIMIT) for key, count in node.items()})


def _plain(node: Node, like: object) -> object:
    """The node's value, of the kind of `like`."""
    if isinstance(like, list):
        return [one.string() for one in node.elements()]
    if isinstance(like, bool):
        return node.boolean()
    return node.integer(0, _LIMIT) if isinstance(like, int) else node.string()
