"""The one base of all exceptions that the machine defines."""

from __future__ import annotations


class MachineError(Exception):
    """Something that the machine refuses or cannot do. The message is for the user: what, which values are allowed,
    what to do. Modules derive their own from it; where a built-in exception says the kind, from that as well."""
