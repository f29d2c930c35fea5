"""How much faster the front end is in GC mode: the same program in ownership types and in GC types, CPU time.

`python -m ci.bench_rust_modes [--copies N] [--rounds N]` checks N copies of twenty lines (a linked list of texts and
what works on it) in each mode by turns and prints the least time of all rounds.
"""

from __future__ import annotations

import argparse
import gc
import time
from typing import Any, Final

from engines.rustwasm import compilation
from engines.rustwasm.compilation import Compilation, check_source

OWNERSHIP: Final = """
struct NodeI { value: i64, next: Option<Box<NodeI>>, name: String }
impl NodeI {
    fn sum(&self) -> i64 {
        let mut total = self.value;
        let mut at = &self.next;
        while let Some(node) = at { total += node.value; at = &node.next; }
        total
    }
    fn push(&mut self, value: i64, name: &str) {
        let old = self.next.take();
        self.next = Some(Box::new(NodeI { value, next: old, name: name.to_string() }));
    }
    fn names(&self, out: &mut Vec<String>) {
        out.push(self.name.clone());
        if let Some(next) = &self.next { next.names(out); }
    }
}
fn workI(items: &mut Vec<i64>, limit: i64) -> i64 {
    let mut head = NodeI { value: 1, next: None, name: String::from("head") };
    for k in 0..limit { head.push(k * 3 % 7, "item"); }
    let mut names = Vec::new();
    head.names(&mut names);
    items.push(head.sum());
    let scaled: Vec<i64> = items.iter().map(|x| x * 2).collect();
    let mut total = items[items.len() - 1];
    for one in &scaled { if *one > limit { total += one - limit; } else { total -= 1; } }
    total + names.len() as i64
}
"""
GC: Final = """
struct NodeI { value: i64, next: Option<NodeI>, name: GcString }
impl NodeI {
    fn sum(self) -> i64 {
        let mut total = self.value;
        let mut at = self.next;
        while let Some(node) = at { total += node.value; at = node.next; }
        total
    }
    fn push(self, value: i64, name: &str) {
        let old = self.next;
        self.next = Some(NodeI { value, next: old, name: name.into() });
    }
    fn names(self, out: GcArray<GcString>) {
        out.push(self.name);
        if let Some(next) = self.next { next.names(out); }
    }
}
fn workI(items: GcArray<i64>, limit: i64) -> i64 {
    let head = NodeI { value: 1, next: None, name: GcString::from("head") };
    for k in 0..limit { head.push(k * 3 % 7, "item"); }
    let names = GcArray::new();
    head.names(names);
    items.push(head.sum());
    let scaled = items.map(|x| x * 2);
    let mut total = items[items.len() - 1];
    for one in scaled { if one > limit { total += one - limit; } else { total -= 1; } }
    total + names.len() as i64
}
"""


def program(mode: str, copies: int) -> str:
    """The program of a mode: `ownership` or `gc`."""
    text = OWNERSHIP if mode == "ownership" else GC
    items = "let mut items = vec![1]" if mode == "ownership" else "let items = GcArray::from([1])"
    given = "&mut items" if mode == "ownership" else "items"
    main = f'fn main() {{ {items}; println!("{{}}", work0({given}, 3)); }}\n'
    head = "" if mode == "ownership" else "#![wasm::gc]\n"
    return head + "".join(text.replace("NodeI", f"Node{i}").replace("workI", f"work{i}") for i in range(copies)) + main


def measured(copies: int, rounds: int) -> dict[str, tuple[float, float]]:
    """Per mode the least CPU seconds of the front end, and of its checks of borrows and modes."""
    spent = 0.0
    checks = Compilation.check_borrows

    def timed(self: Any) -> None:
        nonlocal spent
        start = time.process_time()
        checks(self)
        spent = time.process_time() - start

    compilation.library()
    least = {"ownership": (float("inf"), float("inf")), "gc": (float("inf"), float("inf"))}
    gc.disable()  # as the command line does
    Compilation.check_borrows = timed  # type: ignore[method-assign]
    try:
        for _ in range(rounds):
            for mode in least:
                text = program(mode, copies)
                gc.collect()
                start = time.process_time()
                messages = check_source(text).diagnostics.messages
                whole = time.process_time() - start
                if messages:
                    raise ValueError(f"the program of mode {mode} does not check: {messages[0].message}")
                least[mode] = (min(least[mode][0], whole), min(least[mode][1], spent))
    finally:
        Compilation.check_borrows = checks  # type: ignore[method-assign]
        gc.enable()
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=70, help="copies of the twenty-odd lines (default: 70)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the least time counts (default: 5)")
    options = parser.parse_args()
    least = measured(options.copies, options.rounds)
    for mode, (whole, checks) in least.items():
        lines = len(program(mode, options.copies).splitlines())
        print(f"{mode:9} {lines:6,} lines  front end {whole:.3f} s  of it borrow and mode checking {checks:.3f} s")
    own, shared = least["ownership"], least["gc"]
    print(f"GC mode: front end {own[0] / shared[0]:.2f} times as fast, checking {own[1] / shared[1]:.1f} times")


if __name__ == "__main__":
    main()
