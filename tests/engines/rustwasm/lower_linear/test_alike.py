"""Instances that share code: a build with them gives the bytes of one that lowers each instance by itself."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any
from unittest.mock import patch

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.lower_linear import alike, development

PROGRAMS = {one.name: one.source for one in rust_programs()}
SHARING = """
use std::collections::HashMap;
use std::fmt::Debug;
#[derive(Clone, Debug, PartialEq)]
struct Token { kind: u8, at: u32 }
#[derive(Clone, Debug, PartialEq)]
struct Rule { left: u8, right: u32 }
#[derive(Clone, Debug, PartialEq)]
struct Named { left: u8, name: String }
struct Loud(i32);
impl Drop for Loud { fn drop(&mut self) { println!("drop {}", self.0); } }
struct Both<A, B> { first: A, second: B }
fn first<A, B>(both: Both<A, B>) -> A { both.first }
fn held<A, B>(both: Both<A, B>, keep: bool) -> Option<A> { if keep { Some(both.first) } else { None } }
fn opened<T>(one: Box<Both<T, T>>) -> T { one.second }
fn twice<T: Clone + Debug>(one: T) -> Vec<T> {
    let mut made = Vec::new();
    made.push(one.clone());
    made.push(one);
    println!("{:?} {}", made, made.len());
    made
}
fn largest<T: PartialOrd + Copy, const N: usize>(values: [T; N]) -> T {
    let mut best = values[0];
    for one in values { if one > best { best = one; } }
    best
}
fn main() {
    let a = twice(Token { kind: 1, at: 2 });
    let b = twice(Rule { left: 3, right: 4 });
    let c = twice(Named { left: 5, name: String::from("x") });
    let d = (twice(-1i8), twice(200u8), twice(-3i32), twice(4u32), twice(5i64), twice(1.5f64), twice('z'), twice(true));
    println!("{} {} {} {}", a.len(), b.len(), c.len(), d.0[0]);
    println!("{} {}", first(Both { first: 1, second: Loud(10) }), first(Both { first: 2, second: 7 }));
    println!("{}", first(Both { first: Loud(11), second: Box::new(3) }).0);
    println!("{}", first(Both { first: 4, second: Box::new(Loud(12)) }));
    println!("{:?} {:?}", held(Both { first: 1, second: 2 }, true), held(Both { first: 1, second: Loud(13) }, false));
    println!("{}", held(Both { first: Loud(14), second: Loud(15) }, false).is_none());
    println!("{}", opened(Box::new(Both { first: 1, second: 2 })));
    println!("{}", opened(Box::new(Both { first: Loud(16), second: Loud(17) })).0);
    println!("{} {} {}", largest([1, 5, 2]), largest([1u8, 250]), largest([-1i8, -5, 3, 2]));
    let mut boxes: Vec<Box<dyn Fn(i32) -> i32>> = Vec::new();
    let k = 3;
    boxes.push(Box::new(move |x| x + k));
    boxes.push(Box::new(|x| x * 2));
    println!("{}", boxes.iter().map(|one| one(4)).sum::<i32>());
    let mut words: HashMap<String, Vec<Token>> = HashMap::new();
    words.entry(String::from("k")).or_insert_with(Vec::new).push(Token { kind: 9, at: 9 });
    let mut numbers: HashMap<u32, Vec<Rule>> = HashMap::new();
    numbers.entry(3).or_insert_with(Vec::new).push(Rule { left: 9, right: 9 });
    println!("{:?} {:?}", words.get("k"), numbers.get(&3));
    let spread: Vec<(usize, i64)> = vec![5i64, 6].into_iter().enumerate().collect();
    let other: Vec<(usize, String)> = vec![String::from("p")].into_iter().enumerate().collect();
    println!("{:?} {:?}", spread, other);
}
"""


def built(source: str, name: str, monkeypatch: pytest.MonkeyPatch | None) -> tuple[bytes, Counter[str]]:
    """The development build, without sharing if there is something to take it away with, and how often what was
    shared."""
    shared: Counter[str] = Counter()
    if monkeypatch is not None:
        monkeypatch.setattr(alike.Alike, "find", lambda self, program, key, generic: None)
    kept = development.Kept(check_source(source, f"{name}.rs"))
    program = development.DevelopmentProgram(kept)
    like = program._like

    def counted(key: Any, *rest: Any) -> development.Lowered:
        shared[key[1].path] += 1
        return like(key, *rest)

    with patch.object(program, "_like", counted):
        return program.encoded(program.lower_all(), True), shared


@pytest.mark.parametrize("name", ["json", "iterators", "made here"])
def test_bytes_do_not_tell_what_was_shared(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = PROGRAMS.get(name, SHARING)
    content, shared = built(source, "program", None)
    assert sum(shared.values()) > 20
    assert content == built(source, "program", monkeypatch)[0]


def test_types_that_are_laid_out_alike_share_and_others_do_not() -> None:
    _, shared = built(SHARING, "program", None)
    assert shared["twice"] == 4  # Token and Rule have one code, i32, u32 and char one, u8 and bool one
    assert shared["first"] == 0  # what is dropped differs
    assert shared["Vec<T>::push"] >= 3


def test_a_type_of_signed_numbers_is_not_one_of_unsigned_ones() -> None:
    source = """
    fn widened<T: Copy + Into<i64>>(values: &[T]) -> i64 {
        let mut sum = 0;
        for one in values { sum += (*one).into(); }
        sum
    }
    fn main() { println!("{} {}", widened(&[200u8, 100]), widened(&[-100i8, 50])); }
    """
    content, shared = built(source, "program", None)
    assert shared["widened"] == 0
    assert content


def test_a_body_that_changed_shares_nothing_with_what_it_was() -> None:
    kept = development.Kept(check_source(SHARING, "program.rs"))
    development.build(kept)
    program = development.DevelopmentProgram(kept)
    key = next(one for one in kept.functions if one[0] == "fn" and one[1].path == "twice")
    body = kept.compilation.body_of(key[1])
    known, changed = kept.alike.find(program, key, body), kept.alike.find(program, key, copy.copy(body))
    assert known is not None
    assert changed is not None
    assert known.like is not None
    assert changed.like is None
