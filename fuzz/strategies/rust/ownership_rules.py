"""What generated functions may do with values of a type: a table of calls and operators, and the items called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fuzz.strategies.rust.erased_types import Type, parse

ITEMS: Final = """\
use std::cell::{Cell, RefCell};
use std::mem;
pub static TEXT: String = String::new();
pub static NUMBER: i32 = 7;
pub type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
pub fn cond() -> bool { true }
pub fn make<T>() -> T { loop {} }
pub fn eat<T>(_: T) {}
pub fn see<T: ?Sized>(_: &T) {}
pub fn touch<T: ?Sized>(_: &mut T) {}
pub fn keep<T: 'static>(_: T) {}
pub fn same<T>(_: &mut T, _: T) {}
pub fn tie<'a, T: ?Sized>(_: &'a T, _: &mut Vec<&'a T>) {}
pub struct Loud { pub text: String }
impl Drop for Loud { fn drop(&mut self) {} }
#[derive(Clone, Default)]
pub struct Pair { pub a: String, pub b: String }
impl Pair {
    pub fn left(&self) -> &String { &self.a }
    pub fn both(&mut self) -> (&mut String, &mut String) { (&mut self.a, &mut self.b) }
    pub fn or<'a>(&'a self, _: &'a String) -> &'a String { &self.a }
    pub fn pass<'a>(&self, other: &'a String) -> &'a String { other }
    pub fn set(&mut self, text: String) -> &mut Self { self.a = text; self }
}
#[derive(Clone, Copy)]
pub struct View<'a> { pub r: &'a String, pub n: i32 }
impl<'a> View<'a> {
    pub fn long(&self) -> &'a String { self.r }
    pub fn short(&self) -> &String { self.r }
    pub fn of(r: &'a String) -> Self { View { r, n: 0 } }
    pub fn set(&mut self, r: &'a String) { self.r = r; }
}
pub struct Edit<'a> { pub m: &'a mut String, pub n: i32 }
impl<'a> Edit<'a> {
    pub fn text(&mut self) -> &mut String { self.m }
    pub fn peek(&self) -> &String { self.m }
    pub fn finish(self) -> &'a mut String { self.m }
    pub fn again(&mut self) -> Edit<'_> { Edit { m: self.m, n: self.n } }
    pub fn whole(&'a mut self) -> &'a mut String { self.m }
}
pub struct Both<'a, 'b> { pub r: &'a String, pub m: &'b mut String }
impl<'a, 'b> Both<'a, 'b> {
    pub fn one(&mut self) -> &'a String { self.r }
    pub fn other(&mut self) -> &mut String { self.m }
    pub fn parts(self) -> (&'a String, &'b mut String) { (self.r, self.m) }
}
pub struct Guard<'a> { pub m: &'a mut String }
impl<'a> Drop for Guard<'a> { fn drop(&mut self) { self.m.clear(); } }
#[derive(Clone)]
pub struct Watch<'a> { pub r: &'a String }
impl<'a> Drop for Watch<'a> { fn drop(&mut self) {} }
pub struct Inv<'a> { pub c: Cell<&'a String> }
impl<'a> Inv<'a> { pub fn put(&self, r: &'a String) { self.c.set(r); } }
#[derive(Clone, Default)]
pub struct Sink<'a> { pub v: Vec<&'a String> }
impl<'a> Sink<'a> {
    pub fn add(&mut self, r: &'a String) -> &mut Self { self.v.push(r); self }
    pub fn all(&self) -> &[&'a String] { &self.v }
    pub fn with(mut self, r: &'a String) -> Self { self.v.push(r); self }
}
pub struct Deep<'a, 'b> { pub m: &'a mut Edit<'b>, pub k: i32 }
impl<'a, 'b> Deep<'a, 'b> {
    pub fn inner(&mut self) -> &mut Edit<'b> { self.m }
    pub fn out(self) -> &'a mut Edit<'b> { self.m }
    pub fn down(self) -> &'a mut String { self.m.m }
}
#[derive(Default)]
pub struct Wrap<'a> { pub o: Option<&'a mut Pair> }
#[derive(Clone, Copy)]
pub struct Take<'a> { pub f: fn(&'a String) }
#[derive(Clone)]
pub struct Chain<'a> { pub here: &'a String, pub next: Option<Box<Chain<'a>>> }
pub trait Look {
    fn look(&self) -> &String;
    fn choose<'a>(&'a self, _: &'a String) -> &'a String { self.look() }
}
impl Look for String { fn look(&self) -> &String { self } }
impl Look for Pair { fn look(&self) -> &String { &self.a } }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
impl<'x> Look for Edit<'x> { fn look(&self) -> &String { self.m } }
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
impl<'a> Lend<'a> for Pair { type Out = &'a mut String; fn lend(&'a mut self) -> &'a mut String { &mut self.b } }
impl<'a, 'b> Lend<'a> for Edit<'b> where 'b: 'a {
    type Out = Edit<'a>;
    fn lend(&'a mut self) -> Edit<'a> { self.again() }
}
pub trait Source { type Item; fn next_of(&mut self) -> Option<Self::Item>; }
impl<'a> Source for Sink<'a> { type Item = &'a String; fn next_of(&mut self) -> Option<&'a String> { self.v.pop() } }
impl<'a> Source for Wrap<'a> {
    type Item = &'a mut Pair;
    fn next_of(&mut self) -> Option<&'a mut Pair> { self.o.take() }
}
pub fn pull<S: Source>(source: &mut S) -> Option<S::Item> { source.next_of() }
pub fn first<'a>(a: &'a String, _: &String) -> &'a String { a }
pub fn longer<'a>(a: &'a String, _: &'a String) -> &'a String { a }
pub fn apart<'a, 'b>(a: &'a mut String, b: &'b mut String) -> (&'a mut String, &'b mut String) { (a, b) }
pub fn either<'a>(a: &'a mut String, _: &'a mut String) -> &'a mut String { a }
pub fn link<'a, 'b: 'a>(_: &'a String, b: &'b String) -> &'a String { b }
pub fn short<'a>(_: &'a mut Edit<'_>, b: &'a String) -> &'a String { b }
pub fn store<'a>(to: &mut View<'a>, r: &'a String) { to.r = r; }
pub fn redirect<'a>(to: &mut Edit<'a>, m: &'a mut String) { to.m = m; }
pub fn forever(_: &'static String) {}
pub fn each<F: FnMut(&String)>(mut f: F) { f(&TEXT) }
pub fn mapped<'a, F: Fn(&'a String) -> &'a String>(r: &'a String, f: F) -> &'a String { f(r) }
pub fn every<F: for<'x> Fn(&'x String) -> &'x String>(r: &String, f: F) -> &String { f(r) }
pub fn once<T, F: FnOnce() -> T>(f: F) -> T { f() }
pub fn twice<T, F: FnMut() -> T>(mut f: F) -> T { f(); f() }
pub fn boxed<'a, T: Look + 'a>(t: T) -> Box<dyn Look + 'a> { Box::new(t) }
pub fn viewed<'a, T: Look + ?Sized>(t: &'a T) -> impl Look + 'a { View { r: t.look(), n: 1 } }
"""


@dataclass(frozen=True)
class Need:
    """What a rule takes in one place: a value, or a place (`@`, `@mut` where it is written to)."""

    type: Type
    place: bool = False
    mutable: bool = False


@dataclass(frozen=True)
class Rule:
    """`text` with `{0}`, `{1}` … for what it needs is an expression of type `result`; `{A}` is the type that `A` is.

    Attributes:
        bounds: (variable, trait) that have to hold.
        binds: the type of the closure's parameter, which `{w}` names, where what it needs last may use that.
    """

    text: str
    result: Type
    needs: tuple[Need, ...]
    bounds: tuple[tuple[str, str], ...] = ()
    binds: Type | None = None


def rule(text: str, result: str, *needs: str, bounds: str = "", binds: str = "") -> Rule:
    """`bounds` are written as `A: Clone, B: Copy`."""
    pairs = tuple((one[0], one[3:]) for one in bounds.split(", ") if one)
    bound = parse(binds) if binds else None
    return Rule(text, parse(result), tuple(need(one) for one in needs), pairs, bound)


def need(text: str) -> Need:
    for mark, place, mutable in (("@mut ", True, True), ("@", True, False)):
        if text.startswith(mark):
            return Need(parse(text.removeprefix(mark)), place, mutable)
    return Need(parse(text))


RULES: Final[tuple[Rule, ...]] = (
    # References.
    rule("&{0}", "&A", "@A"),
    rule("&{0}", "&A", "@A"),
    rule("&{0}", "&A", "A"),
    rule("&mut {0}", "&mut A", "@mut A"),
    rule("&mut {0}", "&mut A", "@mut A"),
    rule("&mut {0}", "&mut A", "A"),
    rule("&*{0}", "&A", "&mut A"),
    rule("&mut *{0}", "&mut A", "@mut &mut A"),
    rule("*{0}", "A", "&A", bounds="A: Copy"),
    rule("Clone::clone({0})", "A", "&A", bounds="A: Clone"),
    rule("Clone::clone(&{0})", "A", "@A", bounds="A: Clone"),
    rule("&TEXT", "&String"),
    rule("&NUMBER", "&i32"),
    rule("&5", "&i32"),
    # Texts and numbers.
    rule("1", "i32"),
    rule("{0}.len() as i32", "i32", "@String"),
    rule("{0}.len() as i32", "i32", "@Vec<A>"),
    rule("String::new()", "String"),
    rule("{0} + {1}.as_str()", "String", "String", "&String"),
    # Options.
    rule("Some({0})", "Option<A>", "A"),
    rule("None::<{A}>", "Option<A>"),
    rule("{0}.unwrap()", "A", "Option<A>"),
    rule("{0}.unwrap_or({1})", "A", "Option<A>", "A"),
    rule("{0}.as_ref()", "Option<&A>", "@Option<A>"),
    rule("{0}.as_mut()", "Option<&mut A>", "@mut Option<A>"),
    rule("{0}.take()", "Option<A>", "@mut Option<A>"),
    rule("{0}.replace({1})", "Option<A>", "@mut Option<A>", "A"),
    rule("{0}.insert({1})", "&mut A", "@mut Option<A>", "A"),
    rule("{0}.get_or_insert_with(|| {1})", "&mut A", "@mut Option<A>", "A"),
    rule("{0}.as_deref_mut()", "Option<&mut A>", "@mut Option<&mut A>"),
    rule("{0}.as_deref()", "Option<&A>", "@Option<&mut A>"),
    rule("{0}.as_deref_mut()", "Option<&mut A>", "@mut Option<Box<A>>"),
    rule("{0}.map(|{w}| &{w}.a)", "Option<&String>", "Option<&Pair>"),
    rule("{0}.map(|{w}| &mut {w}.b)", "Option<&mut String>", "Option<&mut Pair>"),
    # Vectors and slices.
    rule("vec![{0}, {1}]", "Vec<A>", "A", "A"),
    rule("Vec::<{A}>::new()", "Vec<A>"),
    rule("{0}.pop()", "Option<A>", "@mut Vec<A>"),
    rule("{0}.remove(0)", "A", "@mut Vec<A>"),
    rule("{0}.first()", "Option<&A>", "@Vec<A>"),
    rule("{0}.last_mut()", "Option<&mut A>", "@mut Vec<A>"),
    rule("{0}.get_mut(0)", "Option<&mut A>", "@mut Vec<A>"),
    rule("{0}.iter().next()", "Option<&A>", "@Vec<A>"),
    rule("{0}.iter_mut().next()", "Option<&mut A>", "@mut Vec<A>"),
    rule("{0}.iter().collect::<Vec<_>>()", "Vec<&A>", "@Vec<A>"),
    rule("{0}.iter_mut().collect::<Vec<_>>()", "Vec<&mut A>", "@mut Vec<A>"),
    rule("{0}.drain(..).collect::<Vec<_>>()", "Vec<A>", "@mut Vec<A>"),
    rule("&{0}[..]", "&[A]", "@Vec<A>"),
    rule("{0}.as_slice()", "&[A]", "@Vec<A>"),
    rule("&mut {0}[1..]", "&mut [A]", "@mut Vec<A>"),
    rule("{0}.as_mut_slice()", "&mut [A]", "@mut Vec<A>"),
    rule("{0}.split_at_mut(1)", "(&mut [A], &mut [A])", "&mut [A]"),
    rule("{0}.split_at(1)", "(&[A], &[A])", "&[A]"),
    rule("{0}.split_first_mut().unwrap()", "(&mut A, &mut [A])", "&mut [A]"),
    rule("{0}.first().unwrap()", "&A", "&[A]"),
    rule("{0}.last_mut().unwrap()", "&mut A", "&mut [A]"),
    # Memory.
    rule("mem::replace({0}, {1})", "A", "&mut A", "A"),
    rule("mem::take({0})", "A", "&mut A", bounds="A: Default"),
    rule("Box::new({0})", "Box<A>", "A"),
    rule("Box::leak({0})", "&mut A", "Box<A>"),
    rule("({0}, {1})", "(A, B)", "A", "B"),
    rule("Cell::new({0})", "Cell<A>", "A"),
    rule("{0}.get()", "A", "@Cell<A>", bounds="A: Copy"),
    rule("{0}.replace({1})", "A", "@Cell<A>", "A"),
    rule("{0}.get_mut()", "&mut A", "@mut Cell<A>"),
    rule("RefCell::new({0})", "RefCell<A>", "A"),
    rule("Clone::clone(&*{0}.borrow())", "A", "@RefCell<A>", bounds="A: Clone"),
    rule("{0}.replace({1})", "A", "@RefCell<A>", "A"),
    rule("{0}.get_mut()", "&mut A", "@mut RefCell<A>"),
    rule("{0}.into_inner()", "A", "RefCell<A>"),
    rule("once(|| {0})", "A", "A"),
    rule("once(move || {0})", "A", "A"),
    rule("twice(|| {0})", "A", "A"),
    # The prelude's functions.
    rule("first({0}, {1})", "&String", "&String", "&String"),
    rule("longer({0}, {1})", "&String", "&String", "&String"),
    rule("link({0}, {1})", "&String", "&String", "&String"),
    rule("apart({0}, {1})", "(&mut String, &mut String)", "&mut String", "&mut String"),
    rule("either({0}, {1})", "&mut String", "&mut String", "&mut String"),
    rule("short({0}, {1})", "&String", "&mut Edit", "&String"),
    rule("mapped({0}, |{w}| {1})", "&String", "&String", "&String", binds="&String"),
    rule("mapped({0}, |{w}| {w})", "&String", "&String"),
    rule("every({0}, |{w}| {w})", "&String", "&String"),
    rule("every({0}, |{w}| {1})", "&String", "&String", "&String", binds="&String"),
    rule("{0}.left()", "&String", "@Pair"),
    rule("{0}.both()", "(&mut String, &mut String)", "@mut Pair"),
    rule("{0}.or({1})", "&String", "@Pair", "&String"),
    rule("{0}.pass({1})", "&String", "@Pair", "&String"),
    rule("{0}.set({1})", "&mut Pair", "@mut Pair", "String"),
    rule("{0}.long()", "&String", "@View"),
    rule("{0}.short()", "&String", "@View"),
    rule("View::of({0})", "View", "&String"),
    rule("{0}.text()", "&mut String", "@mut Edit"),
    rule("{0}.peek()", "&String", "@Edit"),
    rule("{0}.finish()", "&mut String", "Edit"),
    rule("{0}.again()", "Edit", "@mut Edit"),
    rule("{0}.whole()", "&mut String", "@mut Edit"),
    rule("{0}.one()", "&String", "@mut Both"),
    rule("{0}.other()", "&mut String", "@mut Both"),
    rule("{0}.parts()", "(&String, &mut String)", "Both"),
    rule("{0}.add({1})", "&mut Sink", "@mut Sink", "&String"),
    rule("{0}.all()", "&[&String]", "@Sink"),
    rule("{0}.with({1})", "Sink", "Sink", "&String"),
    rule("{0}.inner()", "&mut Edit", "@mut Deep"),
    rule("{0}.out()", "&mut Edit", "Deep"),
    rule("{0}.down()", "&mut String", "Deep"),
    rule("{0}.lend()", "&mut String", "@mut Pair"),
    rule("{0}.lend()", "Edit", "@mut Edit"),
    rule("pull({0})", "Option<&String>", "&mut Sink"),
    rule("pull({0})", "Option<&mut Pair>", "&mut Wrap"),
    rule("{0}.next_of()", "Option<&String>", "@mut Sink"),
    # Trait objects and closures that are kept.
    rule("boxed({0})", "BoxLook", "View"),
    rule("boxed({0})", "BoxLook", "Edit"),
    rule("(Box::new({0}) as Box<dyn Look + '_>)", "BoxLook", "View"),
    rule("(Box::new({0}) as Box<dyn Look + '_>)", "BoxLook", "Edit"),
    rule("{0}.look()", "&String", "@BoxLook"),
    rule("{0}.choose({1})", "&String", "@BoxLook", "&String"),
    rule("{0}.look()", "&String", "@View"),
    rule("{0}.look()", "&String", "@Edit"),
    rule("&*{0}", "&dyn Look", "@BoxLook"),
    rule("({0} as &dyn Look)", "&dyn Look", "&View"),
    rule("({0} as &dyn Look)", "&dyn Look", "&Pair"),
    rule("{0}.look()", "&String", "&dyn Look"),
    rule("{0}.choose({1})", "&String", "&dyn Look", "&String"),
    rule("viewed({0}).look().clone()", "String", "&Pair"),
    rule("({0})()", "A", "@mut BoxFn<A>"),
    rule("({0})({1})", "&String", "@BoxMap", "&String"),
    # Iterators.
    rule("{0}.iter()", "Iter<&A>", "@Vec<A>"),
    rule("{0}.iter_mut()", "Iter<&mut A>", "@mut Vec<A>"),
    rule("{0}.into_iter()", "Iter<A>", "Vec<A>"),
    rule("{0}.drain(..)", "Iter<A>", "@mut Vec<A>"),
    rule("{0}.into_iter()", "Iter<A>", "Option<A>"),
    rule("{0}.chain({1})", "Iter<A>", "Iter<A>", "Iter<A>"),
    rule("{0}.filter(|_| {1}.len() > 1)", "Iter<A>", "Iter<A>", "@String"),
    rule("{0}.map(|{w}| {1})", "Iter<A>", "Iter<&String>", "A", binds="&String"),
    rule("{0}.map(move |{w}| {1})", "Iter<A>", "Iter<&String>", "A", binds="&String"),
    rule("{0}.map(|{w}| &{w}.a)", "Iter<&String>", "Iter<&Pair>"),
    rule("{0}.map(|{w}| &mut {w}.a)", "Iter<&mut String>", "Iter<&mut Pair>"),
    rule("{0}.next()", "Option<A>", "@mut Iter<A>"),
    rule("{0}.collect::<Vec<_>>()", "Vec<A>", "Iter<A>"),
)  # fmt: skip
"""Expressions. A rule that stands twice is drawn twice as often."""

ACTIONS: Final[tuple[Rule, ...]] = tuple(
    rule(text, "()", *needs, bounds=bounds)
    for text, needs, bounds in (
        ("see(&{0})", ("@A",), ""),
        ("see(&{0})", ("@A",), ""),
        ("see({0})", ("&A",), ""),
        ("touch({0})", ("&mut A",), ""),
        ("touch(&mut {0})", ("@mut A",), ""),
        ("eat({0})", ("A",), ""),
        ("drop({0})", ("A",), ""),
        ("same({0}, {1})", ("&mut A", "A"), ""),
        ("tie({0}, {1})", ("&A", "&mut Vec<&A>"), ""),
        ("keep({0})", ("A",), ""),
        ("mem::swap({0}, {1})", ("&mut A", "&mut A"), ""),
        ("{0}.push({1})", ("@mut Vec<A>", "A"), ""),
        ("{0}.push({1})", ("@mut Vec<A>", "A"), ""),
        ("{0}.insert(0, {1})", ("@mut Vec<A>", "A"), ""),
        ("{0}.clear()", ("@mut Vec<A>",), ""),
        ("{0}.clear()", ("@mut String",), ""),
        ("{0}.push_str({1})", ("@mut String", "&String"), ""),
        ("{0}.set({1})", ("@Cell<A>", "A"), ""),
        ("*{0}.borrow_mut() = {1}", ("@RefCell<A>", "A"), ""),
        ("{0}.put({1})", ("@Inv", "&String"), ""),
        ("{0}.set({1})", ("@mut View", "&String"), ""),
        ("store({0}, {1})", ("&mut View", "&String"), ""),
        ("redirect({0}, {1})", ("&mut Edit", "&mut String"), ""),
        ("forever({0})", ("&String",), ""),
        ("each(|{w}| {0}.push_str({w}))", ("@mut String",), ""),
        ("each(|{w}| {0} = {w})", ("@mut &String",), ""),
        ("({0}.f)({1})", ("@Take", "&String"), ""),
        ("{0}({1})", ("@TakesRef", "&String"), ""),
        ("{0}.for_each(|{w}| {1}.push({w}))", ("Iter<A>", "@mut Vec<A>"), ""),
        ("for {w} in {0} {{ {1} = {w}; }}", ("Iter<A>", "@mut A"), ""),
    )
)
"""What stands as a statement."""
