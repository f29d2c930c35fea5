"""Attributes that do not exist, that stand where they may not, or say what they cannot.

Source: The Rust Reference, "Attributes".
"""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.modes.attributes import derives
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics, Span
from engines.rustwasm.syntax.meta import Meta, read
from engines.rustwasm.syntax.repr_rules import check_repr

Attribute = tuple[str, str, Span]

_LINTS: Final = ("allow", "warn", "deny", "forbid", "expect")
_WORDS: Final = ("cold", "track_caller", "non_exhaustive", "no_mangle", "automatically_derived")
"""Attributes without arguments."""
_TOOLS: Final = ("rustfmt", "clippy", "diagnostic", "miri", "rust_analyzer", "wasm")
_OTHERS: Final = """cfg cfg_attr derive inline must_use repr test ignore should_panic deprecated doc export_name
    macro_use macro_export path used link link_name link_section no_link no_std no_main recursion_limit
    type_length_limit crate_name crate_type global_allocator target_feature no_implicit_prelude proc_macro
    proc_macro_derive proc_macro_attribute panic_handler windows_subsystem debugger_visualizer feature
    instruction_set no_builtins collapse_debuginfo"""
_KNOWN: Final = frozenset((*_OTHERS.split(), *_LINTS, *_WORDS))
_UNSTABLE: Final = ("stable", "unstable", "rustc_const_stable", "rustc_const_unstable")
_KINDS: Final[dict[type, str]] = {
    t.FnItem: "functions", t.StructItem: "structs", t.EnumItem: "enums", t.TraitItem: "traits", t.ModItem: "modules",
    t.UseItem: "use statements", t.AliasItem: "type aliases", t.MacroItem: "macro defs",
}  # fmt: skip
_ONLY: Final = {
    "inline": ("functions", "struct fields"),
    "track_caller": ("functions",),
    "used": ("statics",),
    "non_exhaustive": ("structs", "enums", "enum variants"),
}
"""What some attributes may stand at."""


def check_attributes(item: Any, diagnostics: Diagnostics) -> None:
    """Report what is wrong with the attributes of an item of a crate."""
    if isinstance(item, t.EnumItem) and not derives(item, "Default"):
        for variant in item.variants:
            for name, _, span in variant.attributes:
                if name == "default":
                    diagnostics.error(None, "cannot find attribute `default` in this scope", span)
    if not item.attributes:
        return
    kind = type(item)
    target = _KINDS.get(kind, "")
    if isinstance(item, t.ImplItem):
        target = "inherent impl blocks" if item.trait is None else "trait impl blocks"
    elif isinstance(item, t.ConstItem):
        target = "statics" if item.is_static else "constants"
    for attribute in item.attributes:
        check_attribute(attribute, target, diagnostics)
    check_repr(item, diagnostics)


def check_attribute(attribute: Attribute, target: str, diagnostics: Diagnostics) -> None:
    """Report what is wrong with an attribute of what is called `target` in the plural."""
    name, text, span = attribute
    if span[0] == span[1] or (name not in _KNOWN and not _is_known(name, target, span, diagnostics)):
        return
    meta = read(name, text)
    if name in _ONLY and target not in _ONLY[name]:
        diagnostics.error(None, f"`#[{name}]` attribute cannot be used on {target}", span)
    elif name == "derive":
        _check_derive(meta, target, span, diagnostics)
    elif name in _LINTS:
        _check_lints(meta, span, diagnostics)
    elif name == "test" and target != "functions":
        diagnostics.error(None, "the `#[test]` attribute may only be used on a free function", span)
    elif name == "deprecated":
        _check_deprecated(meta, span, diagnostics)
    elif name == "inline":
        _check_inline(meta, span, diagnostics)
    elif name == "cfg_attr":
        diagnostics.error(None, "`#[cfg_attr(...)]` is outside the subset", span)
    elif name == "export_name" and (meta.form != "value" or not meta.is_text):
        _malformed(name, "E0539", span, diagnostics)
    elif name == "export_name" and "\\0" in meta.value:
        diagnostics.error("E0648", "`export_name` may not contain null characters", span)
    elif name == "must_use" and (meta.form == "list" or (meta.form == "value" and not meta.is_text)):
        _malformed(name, "E0539", span, diagnostics)
    elif name in _WORDS and meta.form != "word":
        _malformed(name, "E0565", span, diagnostics)
    elif name == "repr" and meta.form != "list":
        _malformed(name, "E0539", span, diagnostics)
    elif name == "repr" and target not in ("structs", "enums"):
        whole = "an enum" if any(one.name[:1] in "iu" for one in meta.items) else "a struct, enum, or union"
        diagnostics.error("E0517", f"attribute should be applied to {whole}", span)


def _is_known(name: str, target: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether there is such an attribute besides those of `_KNOWN`; reports it if not, or if it is not stable."""
    start = span[0] + diagnostics.sources.snippet(span).find("[") + 1
    place = (start, start + len(name))
    if "::" in name:
        tool = name.split("::")[0]
        if tool not in _TOOLS:
            message = f"cannot find module or crate `{tool}` in this scope"
            diagnostics.error("E0433", message, (start, start + len(tool)))
    elif name in _UNSTABLE:
        message = "stability attributes may not be used outside of the standard library"
        diagnostics.error("E0734", message, span)
    elif name.startswith("rustc") or name in ("lang", "bench"):
        why = {"lang": "lang items are subject to change", "bench": "use of unstable library feature `test`"}
        diagnostics.error("E0658", why.get(name, "use of an internal attribute"), span)
    elif name != "default" or target not in ("enum variants", "struct fields"):
        diagnostics.error(None, f"cannot find attribute `{name}` in this scope", place)
    return False


def _malformed(name: str, code: str | None, span: Span, diagnostics: Diagnostics) -> None:
    diagnostics.error(code, f"malformed `{name}` attribute input", span)


def _check_derive(meta: Meta, target: str, span: Span, diagnostics: Diagnostics) -> None:
    if target not in ("structs", "enums"):
        diagnostics.error("E0774", "`derive` may only be applied to `struct`s, `enum`s and `union`s", span)
    elif meta.form != "list":
        _malformed("derive", None, span, diagnostics)
    for one in meta.items:
        if one.form == "literal":
            diagnostics.error("E0777", "expected path to a trait, found literal", span)
        elif one.form != "word":
            what = "values" if one.form == "value" else "arguments"
            diagnostics.error(None, f"traits in `#[derive(...)]` don't accept {what}", span)


def _check_inline(meta: Meta, span: Span, diagnostics: Diagnostics) -> None:
    if meta.form == "value":  # a lint of rustc's
        diagnostics.error(None, "valid forms for the attribute are `#[inline]`, `#[inline(always)]` and "
                          "`#[inline(never)]`", span)  # fmt: skip
    elif meta.form == "list" and len(meta.items) != 1:
        _malformed("inline", "E0805", span, diagnostics)
    elif meta.form == "list" and meta.items[0].name not in ("always", "never"):
        _malformed("inline", "E0539", span, diagnostics)


def _check_lints(meta: Meta, span: Span, diagnostics: Diagnostics) -> None:
    if meta.form != "list":
        _malformed(meta.name, None, span, diagnostics)
    for i, one in enumerate(meta.items):
        reason = one.name == "reason" and one.form == "value" and one.is_text and i == len(meta.items) - 1
        if one.form != "word" and not reason:
            diagnostics.error("E0452", "malformed lint attribute input", span)
        elif "::" in one.name and (tool := one.name.split("::")[0]) != "rustdoc" and tool not in _TOOLS:
            diagnostics.error("E0710", f"unknown tool name `{tool}` found in scoped lint: `{one.name}`", span)


def _check_deprecated(meta: Meta, span: Span, diagnostics: Diagnostics) -> None:
    seen: set[str] = set()
    if meta.form == "value" and not meta.is_text:
        _malformed("deprecated", "E0539", span, diagnostics)
    for one in meta.items:
        if one.form == "literal":
            _malformed("deprecated", "E0565", span, diagnostics)
        elif one.name == "suggestion":
            diagnostics.error(None, "suggestions on deprecated items are unstable", span)
        elif one.name not in ("since", "note") or one.form != "value" or not one.is_text:
            _malformed("deprecated", "E0539", span, diagnostics)
        elif one.name in seen:
            _malformed("deprecated", "E0538", span, diagnostics)
        seen.add(one.name)


def check_crate_attributes(attributes: list[Attribute], diagnostics: Diagnostics) -> None:
    """Report what is wrong with the `#![...]` at the beginning of a file."""
    for attribute in attributes:
        name, _, span = attribute
        if name == "feature":
            diagnostics.error("E0554", "`#![feature]` may not be used on the stable release channel", span)
        else:
            check_attribute(attribute, "crates", diagnostics)
