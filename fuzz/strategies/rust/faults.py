"""Programs with one planted error: a valid program in which one statement, at a marked line, is wrong.

Every fault is a few lines written at a place where a statement may stand; `MARK` ends the line that the message must
point at. What follows it does not touch the variables that the fault uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fuzz.strategies.rust.expressions import integer, text
from fuzz.strategies.rust.generate import source_of
from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.rust.statements import block
from fuzz.strategies.wasm.choices import ChoiceSequence

MARK: Final = " //~"


@dataclass(frozen=True)
class Fault:
    """`name` is unique; `code` is rustc's, "" for a lifetime error, which has none. `lines` may use `{s}` (a String
    variable that nothing uses later), `{v}` (a Vec<i32>), `{n}` (a mutable i64), `{k}` (a number to make names
    unique)."""

    name: str
    code: str
    lines: str


def _fault(name: str, code: str, lines: str) -> Fault:
    return Fault(name, code, lines.strip("\n"))


FAULTS: Final[tuple[Fault, ...]] = (
    _fault("element_of_a_borrowed_middle", "E0499", """
let a{k} = &mut [Vec::new(), {v}, Vec::new(), Vec::new()];
let [_, q{k} @ .., _] = a{k};
let [_, r{k}, ..] = a{k}; //~
q{k}[0].push(1);
"""),
    _fault("elements_borrowed_by_both_ends", "E0499", """
let a{k} = &mut [{v}, Vec::new()];
let [.., q{k}] = a{k};
let [_, r{k}] = a{k}; //~
q{k}.push(1);
"""),
    _fault("conflicting_impls", "E0119", """
struct Q{k}<A>(A);
trait T{k} {{}}
impl<A> T{k} for Q{k}<A> {{}}
impl T{k} for Q{k}<u8> {{}} //~
"""),
    _fault("foreign_trait_for_a_foreign_type", "E0117", """
impl std::ops::Neg for Vec<i32> {{ //~
    type Output = i32;
    fn neg(self) -> i32 {{
        {k}
    }}
}}
"""),
    _fault("method_of_a_foreign_type", "E0116", """
impl Vec<u8> {{ //~
    fn q{k}(&self) {{}}
}}
"""),
    _fault("match_of_a_value_partly_moved", "E0382", """
let q{k} = ({s}, Some({v}));
take(q{k}.0);
match q{k} {{ //~
    (_, Some(r{k})) => println!("{{}}", r{k}.len()),
    (_, None) => {{}}
}}
"""),
    _fault("use_after_let", "E0382", """
let q{k} = {s};
println!("{{}}", {s}); //~
"""),
    _fault("use_after_call", "E0382", """
take({s});
let q{k} = {s}.len(); //~
"""),
    _fault("move_twice", "E0382", """
let q{k} = {s};
let r{k} = {s}; //~
"""),
    _fault("move_in_loop", "E0382", """
for _ in 0..2 {{
    take({s}); //~
}}
"""),
    _fault("move_in_while", "E0382", """
let mut i{k} = 0;
while i{k} < 3 {{
    i{k} += 1;
    let q{k} = {v}; //~
}}
"""),
    _fault("move_in_branch", "E0382", """
if {n} > 3 {{
    take({s});
}}
println!("{{}}", {s}.len()); //~
"""),
    _fault("move_in_match", "E0382", """
match {n} {{
    0 => {{ take({s}); }}
    _ => {{}}
}}
let q{k} = &{s}; //~
"""),
    _fault("move_into_closure", "E0382", """
let f{k} = move || {s}.len();
println!("{{}}", {s}); //~
"""),
    _fault("call_once_twice", "E0382", """
let f{k} = || take({s});
f{k}();
f{k}(); //~
"""),
    _fault("move_into_vector", "E0382", """
let q{k} = vec![{s}];
{s}.len(); //~
"""),
    _fault("consumed_iterator", "E0382", """
for item in {v} {{
    println!("{{}}", item);
}}
println!("{{}}", {v}.len()); //~
"""),
    _fault("partial_move", "E0382", """
let p{k} = Pair {{ number: 1, text: {s} }};
let q{k} = p{k}.text;
let r{k} = p{k}; //~
"""),
    _fault("partial_move_in_pattern", "E0382", """
let p{k} = Some({s});
if let Some(q{k}) = p{k} {{
    take(q{k});
}}
let r{k} = &p{k}; //~
"""),
    _fault("moved_field", "E0382", """
let p{k} = Pair {{ number: 1, text: {s} }};
take(p{k}.text);
take(p{k}.text); //~
"""),
    _fault("element_by_both_ends", "E0382", """
let a{k} = [{s}, String::new(), String::new()];
let [q{k}, ..] = a{k};
let [.., last{k}] = a{k};
let [r{k}, _, _] = a{k}; //~
"""),
    _fault("element_of_a_moved_middle", "E0382", """
let a{k} = [String::new(), String::new(), {s}, String::new()];
let [_, q{k} @ .., _] = a{k};
let [.., r{k}, _] = a{k}; //~
"""),
    _fault("moved_mutable_reference", "E0382", """
let r{k} = &mut {v};
let q{k} = r{k};
q{k}.push(1);
r{k}.push(2); //~
"""),
    _fault("moved_self", "E0382", """
let o{k} = Some({s});
let q{k} = o{k}.unwrap();
println!("{{:?}}", o{k}); //~
"""),
    _fault("moved_in_argument_order", "E0382", """
fn two{k}(a: String, b: usize) -> usize {{ a.len() + b }}
two{k}(
    {s},
    {s}.len(), //~
);
"""),
    _fault("uninitialized", "E0381", """
let q{k}: i32;
println!("{{}}", q{k}); //~
"""),
    _fault("maybe_uninitialized", "E0381", """
let q{k}: i64;
if {n} > 0 {{
    q{k} = 1;
}}
let r{k} = q{k} + 1; //~
"""),
    _fault("uninitialized_in_match", "E0381", """
let q{k}: usize;
match {n} {{
    0 => q{k} = 1,
    1 => q{k} = 2,
    _ => {{}}
}}
let r{k} = q{k}; //~
"""),
    _fault("uninitialized_in_loop", "E0381", """
let q{k}: i64;
while {n} > 100 {{
    q{k} = 2;
    break;
}}
let r{k} = q{k}; //~
"""),
    _fault("assigned_twice", "E0384", """
let q{k} = {n};
println!("{{}}", q{k});
q{k} = 2; //~
"""),
    _fault("added_to_immutable", "E0384", """
let q{k} = 1;
println!("{{}}", q{k});
q{k} += 2; //~
"""),
    _fault("assigned_in_loop", "E0384", """
let q{k}: i32;
for i in 0..2 {{
    q{k} = i; //~
}}
"""),
    _fault("assigned_argument", "E0384", """
fn set{k}(x: i32) -> i32 {{
    x = 3; //~
    x
}}
"""),
    _fault("assigned_pattern", "E0384", """
let (a{k}, b{k}) = (1, 2);
println!("{{}}", a{k} + b{k});
b{k} = 3; //~
"""),
    _fault("two_mutable_borrows", "E0499", """
let a{k} = &mut {v};
let b{k} = &mut {v}; //~
a{k}.push(1);
b{k}.push(2);
"""),
    _fault("two_mutable_arguments", "E0499", """
fn both{k}(a: &mut Vec<i32>, b: &mut Vec<i32>) {{ a.append(b); }}
both{k}(&mut {v}, &mut {v}); //~
"""),
    _fault("mutable_borrows_in_loop", "E0499", """
let mut all{k}: Vec<&mut Vec<i32>> = Vec::new();
for _ in 0..2 {{
    all{k}.push(&mut {v}); //~
}}
"""),
    _fault("two_mutable_closures", "E0499", """
let mut f{k} = || {v}.push(1);
let mut g{k} = || {v}.push(2); //~
f{k}();
g{k}();
"""),
    _fault("mutable_through_function", "E0499", """
let a{k} = grow(&mut {v}, 1);
let b{k} = grow(&mut {v}, 2); //~
a{k}.push(1);
"""),
    _fault("mutable_while_shared", "E0502", """
let r{k} = &{v};
{v}.push(1); //~
println!("{{}}", r{k}.len());
"""),
    _fault("shared_while_mutable", "E0502", """
let r{k} = &mut {v};
println!("{{}}", {v}.len()); //~
r{k}.push(1);
"""),
    _fault("push_element_reference", "E0502", """
let r{k} = &{v}[0];
{v}.push(4); //~
println!("{{}}", r{k});
"""),
    _fault("push_while_iterating", "E0502", """
for item in {v}.iter() {{
    if *item > 0 {{
        {v}.push(*item); //~
    }}
}}
"""),
    _fault("str_while_growing", "E0502", """
let r{k} = {s}.as_str();
{s}.push('x'); //~
println!("{{}}", r{k});
"""),
    _fault("closure_reads_borrowed", "E0502", """
let r{k} = &mut {v};
let f{k} = || {v}.len(); //~
r{k}.push(1);
f{k}();
"""),
    _fault("mutated_through_returned", "E0502", """
let r{k} = longer(&{s}, "x");
{s}.clear(); //~
println!("{{}}", r{k});
"""),
    _fault("struct_holds_borrow", "E0502", """
struct Holder{k}<'a> {{ inner: &'a Vec<i32> }}
let h{k} = Holder{k} {{ inner: &{v} }};
{v}.clear(); //~
println!("{{}}", h{k}.inner.len());
"""),
    _fault("option_holds_borrow", "E0502", """
let o{k} = {v}.first();
{v}.pop(); //~
if let Some(x) = o{k} {{ println!("{{}}", x); }}
"""),
    _fault("used_while_mutable", "E0503", """
let r{k} = &mut {n};
let q{k} = {n} + 1; //~
*r{k} = q{k};
"""),
    _fault("drop_while_borrowed", "E0505", """
let r{k} = &{s};
drop({s}); //~
println!("{{}}", r{k});
"""),
    _fault("move_while_borrowed", "E0505", """
let r{k} = {v}.iter();
let q{k} = {v}; //~
for x in r{k} {{ println!("{{}}", x); }}
"""),
    _fault("return_borrowed_move", "E0505", """
let r{k} = longer(&{s}, "y");
let q{k} = take({s}); //~
println!("{{}} {{}}", r{k}, q{k});
"""),
    _fault("closure_takes_borrowed", "E0505", """
let r{k} = &{s};
let f{k} = move || {s}.len(); //~
println!("{{}} {{}}", r{k}, f{k}());
"""),
    _fault("assign_while_borrowed", "E0506", """
let r{k} = &{n};
{n} = 4; //~
println!("{{}}", r{k});
"""),
    _fault("add_while_borrowed", "E0506", """
let r{k} = &{n};
{n} += 4; //~
println!("{{}}", *r{k} + 1);
"""),
    _fault("assign_while_captured", "E0506", """
let f{k} = || {n} + 1;
{n} = 2; //~
println!("{{}}", f{k}());
"""),
    _fault("assign_borrowed_text", "E0506", """
let r{k} = &{s};
{s} = String::new(); //~
println!("{{}}", r{k});
"""),
    _fault("assign_matched", "E0506", """
let mut o{k} = Some({n});
if let Some(x{k}) = &o{k} {{
    o{k} = None; //~
    println!("{{}}", x{k});
}}
"""),
    _fault("move_out_of_reference", "E0507", """
let r{k} = &{s};
let q{k} = *r{k}; //~
"""),
    _fault("move_out_of_vector", "E0507", """
let w{k} = vec![{s}];
let q{k} = w{k}[0]; //~
"""),
    _fault("move_out_of_borrowed_field", "E0507", """
fn steal{k}(p: &Pair) -> String {{
    p.text //~
}}
"""),
    _fault("move_out_of_mutable_field", "E0507", """
fn steal{k}(p: &mut Pair) -> String {{
    let out = p.text; //~
    out
}}
"""),
    _fault("move_out_of_rc", "E0507", """
let c{k} = std::rc::Rc::new({s});
let q{k} = *c{k}; //~
"""),
    _fault("unwrap_borrowed_option", "E0507", """
let o{k} = Some({s});
let r{k} = &o{k};
let q{k} = r{k}.unwrap(); //~
"""),
    _fault("move_out_of_array", "E0508", """
let a{k} = [{s}, String::new()];
let i{k} = a{k}.len() - 1;
let q{k} = a{k}[i{k}]; //~
"""),
    _fault("move_out_of_drop", "E0509", """
let d{k} = noisy("d");
let q{k} = d{k}.name; //~
"""),
    _fault("return_reference_to_local", "E0515", """
fn local{k}() -> &'static String {{
    let s = String::new();
    &s //~
}}
"""),
    _fault("return_view_of_local", "E0515", """
fn local{k}<'a>(x: &'a str) -> &'a str {{
    let s = x.to_string();
    s.as_str() //~
}}
"""),
    _fault("return_reference_to_argument", "E0515", """
fn local{k}<'a>(x: Vec<i32>, y: &'a i32) -> &'a i32 {{
    if x.is_empty() {{ return y; }}
    &x[0] //~
}}
"""),
    _fault("return_iterator_of_local", "E0515", """
fn local{k}<'a>(x: &'a str) -> Vec<&'a str> {{
    let owned = join(x, x);
    owned.split(',').collect() //~
}}
"""),
    _fault("assign_immutable_field", "E0594", """
let p{k} = Pair {{ number: 1, text: {s} }};
p{k}.number = 2; //~
"""),
    _fault("assign_through_shared", "E0594", """
let r{k} = &{n};
*r{k} = 2; //~
"""),
    _fault("assign_argument_field", "E0594", """
fn set{k}(p: &Pair) {{
    p.number = 1; //~
}}
"""),
    _fault("assign_captured_immutable", "E0594", """
let q{k} = 1;
let mut f{k} = || q{k} = 2; //~
f{k}();
"""),
    _fault("assign_self_field", "E0594", """
struct Counter{k} {{ n: i32 }}
impl Counter{k} {{
    fn bump(&self) {{
        self.n += 1; //~
    }}
}}
"""),
    _fault("borrow_immutable", "E0596", """
let w{k} = vec![1, 2];
w{k}.push(3); //~
"""),
    _fault("borrow_immutable_explicitly", "E0596", """
let w{k} = vec![1, 2];
let r{k} = &mut w{k}; //~
r{k}.push(3);
"""),
    _fault("borrow_through_shared", "E0596", """
let r{k} = &{v};
r{k}.push(1); //~
"""),
    _fault("borrow_argument", "E0596", """
fn add{k}(items: &Vec<i32>) {{
    items.push(1); //~
}}
"""),
    _fault("borrow_immutable_closure", "E0596", """
let mut c{k} = 0;
let f{k} = || c{k} += 1;
f{k}(); //~
"""),
    _fault("borrow_captured_immutable", "E0596", """
let w{k} = vec![1];
let mut f{k} = || w{k}.push(2); //~
f{k}();
"""),
    _fault("borrow_self", "E0596", """
struct Stack{k} {{ items: Vec<i32> }}
impl Stack{k} {{
    fn add(&self, n: i32) {{
        self.items.push(n); //~
    }}
}}
"""),
    _fault("inner_outlived", "E0597", """
let r{k};
{{
    let inner{k} = {n};
    r{k} = &inner{k}; //~
}}
println!("{{}}", r{k});
"""),
    _fault("inner_in_vector", "E0597", """
let mut all{k}: Vec<&String> = Vec::new();
{{
    let inner{k} = {s};
    all{k}.push(&inner{k}); //~
}}
println!("{{}}", all{k}.len());
"""),
    _fault("loop_variable_outlived", "E0597", """
let mut last{k} = &0;
for i{k} in 0..3 {{
    last{k} = &i{k}; //~
}}
println!("{{}}", last{k});
"""),
    _fault("inner_through_function", "E0597", """
let r{k};
{{
    let inner{k} = {s};
    r{k} = longer(&inner{k}, "z"); //~
}}
println!("{{}}", r{k});
"""),
    _fault("must_be_static", "E0597", """
fn forever{k}(x: &'static String) -> usize {{ x.len() }}
let q{k} = forever{k}(&{s}); //~
"""),
    _fault("dropped_before_holder", "E0597", """
let mut h{k}: Option<&Vec<i32>> = None;
{{
    let inner{k} = vec![1];
    h{k} = Some(&inner{k}); //~
}}
println!("{{:?}}", h{k});
"""),
    _fault("temporary_outlived", "E0716", """
let r{k}: &String;
r{k} = &String::from("t"); //~
println!("{{}}", r{k});
"""),
    _fault("view_of_temporary", "E0716", """
let r{k} = String::from("t").as_str().trim(); //~
println!("{{}}", r{k});
"""),
    _fault("view_of_call", "E0716", """
let r{k} = longer(&join("a", "b"), "c"); //~
println!("{{}}", r{k});
"""),
    _fault("escaping_closure", "E0373", """
fn adder{k}(n: i32) -> impl Fn(i32) -> i32 {{
    |x| x + n //~
}}
"""),
    _fault("escaping_boxed_closure", "E0373", """
fn adder{k}(n: i32) -> Box<dyn Fn(i32) -> i32> {{
    Box::new(|x| x + n) //~
}}
"""),
    _fault("wrong_lifetime", "", """
fn pick{k}<'a, 'b>(x: &'a str, y: &'b str) -> &'a str {{
    if x.is_empty() {{ return x; }}
    y //~
}}
"""),
    _fault("needs_lifetime", "E0621", """
fn pick{k}<'a>(x: &'a str, y: &str) -> &'a str {{
    if x.is_empty() {{ return x; }}
    y //~
}}
"""),
    _fault("data_escapes", "E0521", """
fn forever{k}(x: &'static str) -> usize {{ x.len() }}
fn escape{k}(x: &str) -> usize {{
    forever{k}(x) //~
}}
"""),
    _fault("stores_shorter", "", """
fn store{k}<'a, 'b>(all: &mut Vec<&'a str>, one: &'b str) {{
    all.push(one); //~
}}
"""),
    _fault("missing_lifetime", "E0106", """
fn pick{k}(x: &str, y: &str) -> &str {{ //~
    if x.is_empty() {{ x }} else {{ y }}
}}
"""),
    _fault("mismatched_let", "E0308", """
let q{k}: i32 = String::new(); //~
"""),
    _fault("mismatched_argument", "E0308", """
let q{k} = take({n}); //~
"""),
    _fault("mismatched_return", "E0308", """
fn number{k}() -> i32 {{
    "text" //~
}}
"""),
    _fault("mismatched_widths", "E0308", """
let q{k}: i32 = 1;
let r{k}: i64 = q{k}; //~
"""),
    _fault("unknown_name", "E0425", """
let q{k} = missing{k} + 1; //~
"""),
    _fault("unknown_method", "E0599", """
let q{k} = {s}.no_such_method(); //~
"""),
    _fault("unknown_field", "E0609", """
let p{k} = Pair {{ number: 1, text: {s} }};
let q{k} = p{k}.missing; //~
"""),
    _fault("wrong_count", "E0061", """
let q{k} = longer("a"); //~
"""),
    _fault("missing_bound", "E0369", """
fn more{k}<T>(a: T, b: T) -> bool {{
    a > b //~
}}
"""),
    _fault("trait_not_implemented", "E0277", """
fn area{k}<T: Area>(x: T) -> i64 {{ x.area() }}
let q{k} = area{k}("text"); //~
"""),
    _fault("not_exhaustive", "E0004", """
match Some({n}) {{ //~
    Some(_) => {{}}
}}
"""),
    _fault("add_mixed", "E0277", """
let q{k} = {n} + 1.5; //~
"""),
)  # fmt: skip
"""Every kind of fault."""


@dataclass(frozen=True)
class FaultyProgram:
    """A program with one error. `line` counts from 1; `code` is "" for a lifetime error, which has none."""

    source: str
    fault: str
    code: str
    line: int


def generate_faulty(draw: ChoiceSequence, fault: Fault | None = None, statements: int = 6) -> FaultyProgram:
    """A program with a planted fault, the given one or a drawn one, between up to `statements` statements before it and
    as many after it."""
    chosen = draw.pick(FAULTS) if fault is None else fault
    scene = Scene(draw)
    block(scene, statements)
    depth = draw.below(3)
    _nest(scene, depth, chosen, statements)
    block(scene, statements)
    lines = source_of(scene).splitlines()
    line = next(i for i, one in enumerate(lines) if one.endswith(MARK))
    lines[line] = lines[line].removesuffix(MARK)
    return FaultyProgram("\n".join(lines) + "\n", chosen.name, chosen.code, line + 1)


def _nest(scene: Scene, depth: int, fault: Fault, statements: int) -> None:
    if depth:
        with scene.block(("{", "if true {", "loop {")[depth]):
            block(scene, 2)
            _nest(scene, 0, fault, statements)
            if depth == 2:
                scene.line("break;")
        return
    number = scene.fresh("").strip()
    names = {"k": number, "s": f"fs{number}", "v": f"fv{number}", "n": f"fn{number}"}
    text_value, _ = text(scene)
    integer_value, _ = integer(scene, "i64", 1)
    if "{s}" in fault.lines:
        scene.line(f"let mut {names['s']} = {text_value};")
    if "{v}" in fault.lines:
        scene.line(f"let mut {names['v']}: Vec<i32> = vec![1, 2, {scene.draw.below(50)}];")
    if "{n}" in fault.lines:
        scene.line(f"let mut {names['n']}: i64 = {integer_value};")
    for line in fault.lines.format(**names).splitlines():
        scene.line(line)
