// Functions that need non-lexical lifetimes, two-phase borrows, partial moves, reborrows or exact drop rules to be
// accepted. rustc 1.95, edition 2021, accepts this file.
#![allow(warnings)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

struct Pair { left: String, right: String }
struct Point { x: i32, y: i32 }
struct Node { value: i32, next: Option<Box<Node>> }
struct Stack { items: Vec<i32>, name: String, count: usize }
struct View<'a> { text: &'a str, at: usize }
struct Holder<'a> { inner: &'a mut Vec<i32> }
struct Loud(String);
impl Drop for Loud { fn drop(&mut self) {} }
enum Shape { Dot, Line(String), Box { w: String, h: String } }
fn make() -> String { String::from("x") }
fn pair() -> Pair { Pair { left: make(), right: make() } }
fn eat<T>(_: T) {}
fn look<T>(_: &T) {}
fn poke<T>(_: &mut T) {}
fn longer<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }
fn first<'a, 'b>(a: &'a str, _: &'b str) -> &'a str { a }
fn cond() -> bool { true }

// Lifetimes end at the last use.
fn nll_push_after_use() { let mut v = vec![1]; let r = &v[0]; look(r); v.push(2); }
fn nll_mut_then_shared() { let mut v = vec![1]; let m = &mut v; m.push(2); let r = &v; look(r); }
fn nll_two_muts_in_turn() { let mut v = vec![1]; let a = &mut v; a.push(1); let b = &mut v; b.push(2); }
fn nll_assign_after_use() { let mut n = 1; let r = &n; look(r); n = 2; look(&n); }
fn nll_move_after_use() { let s = make(); let r = &s; look(r); eat(s); }
fn nll_drop_after_use() { let s = make(); let r = s.as_str(); look(&r); drop(s); }
fn nll_use_in_one_branch() { let mut v = vec![1]; let r = &v; if cond() { look(r); } else { } v.push(1); }
fn nll_push_in_other_branch() { let mut v = vec![1]; let r = &v; if cond() { look(r); } else { v.push(1); } }
fn nll_match_arm() { let mut v = vec![1]; match v.first() { Some(x) => look(x), None => v.push(1) } }
fn nll_match_none_inserts(m: &mut HashMap<i32, String>) { match m.get(&1) { Some(s) => look(s), None => { m.insert(1, make()); } } }
fn nll_if_let_else_insert(m: &mut HashMap<i32, i32>) { if let Some(x) = m.get_mut(&1) { *x += 1; } else { m.insert(1, 1); } }
fn nll_loop_reborrow() { let mut v = vec![1]; for i in 0..3 { let r = &mut v; r.push(i); } v.push(9); }
fn nll_while_let_pop() { let mut v = vec![1]; while let Some(x) = v.pop() { if x > 3 { v.push(x - 3); } } }
fn nll_break_ends_borrow() { let mut v = vec![1]; let mut r = &v; loop { look(r); break; } v.push(1); }
fn nll_return_ends_borrow(v: &mut Vec<i32>) -> usize { let r = &*v; if cond() { return r.len(); } v.push(1); v.len() }
fn nll_overwritten_reference() { let mut a = make(); let b = make(); let mut r = &a; look(r); r = &b; a.push('x'); look(r); }
fn nll_reassigned_in_loop() { let mut a = 1; let mut b = 2; let mut r = &mut a; for _ in 0..2 { *r += 1; r = &mut b; } }
fn nll_last_use_in_argument() { let mut s = make(); let n = s.as_str().len(); s.push('x'); look(&n); }
fn nll_slice_pattern() { let mut v = [1, 2, 3]; if let [a, .., c] = &v { look(a); look(c); } v[0] = 4; }
fn nll_shadowed() { let mut s = make(); let r = &s; let r = r.len(); s.clear(); look(&r); }
fn nll_tuple_of_borrows() { let mut a = 1; let mut b = 2; let t = (&mut a, &mut b); *t.0 += 1; *t.1 += 1; a += b; }
fn nll_unused_borrow() { let mut v = vec![1]; let _r = &mut v; let _q = &mut v; v.push(1); }
fn nll_call_result_is_owned() { let mut v = vec![1]; let n = v.iter().sum::<i32>(); v.push(n); }
fn nll_borrow_in_condition() { let mut v = vec![1]; if v.iter().any(|x| *x == 1) { v.push(2); } }
fn nll_borrow_in_while_condition() { let mut v = vec![1]; while v.last().map_or(false, |x| *x < 5) { let n = v.len() as i32; v.push(n + 4); } }
fn nll_match_on_copied() { let mut v = vec![1]; match v.get(0).copied() { Some(x) => v.push(x), None => v.clear() } }
fn nll_match_scrutinee_value() { let mut s = make(); match s.len() { 0 => s.push('x'), _ => s.clear() } }
fn nll_option_take() { let mut o = Some(make()); if let Some(s) = o.take() { o = Some(s); } }
fn nll_nested_blocks() { let mut v = vec![1]; { let r = &mut v; r.push(1); } { let q = &v; look(q); } v.clear(); }
fn nll_both_branches_borrow() { let mut v = vec![1]; let r = if cond() { &v[0] } else { &0 }; look(r); v.clear(); }
fn nll_swap_halves() { let mut v = vec![1, 2]; let (a, b) = v.split_at_mut(1); std::mem::swap(&mut a[0], &mut b[0]); v.push(3); }
fn nll_for_then_push() { let mut v = vec![1]; for x in &v { look(x); } for x in &mut v { *x += 1; } v.push(1); }
fn nll_closure_ends() { let mut n = 0; let mut f = || n += 1; f(); f(); n += 1; }
fn nll_closure_shared_and_read() { let n = 1; let f = || n + 1; look(&n); f(); look(&n); }
fn nll_closure_then_move() { let s = make(); let f = || s.len(); f(); eat(s); }
fn nll_diverging_arm(o: Option<&mut i32>) -> i32 { let r = match o { Some(r) => r, None => return 0 }; *r += 1; *r }
fn nll_cursor(mut cur: &mut Node) { while cur.next.is_some() { cur = cur.next.as_mut().unwrap(); } cur.value = 3; }
fn nll_list_tail(mut cur: &mut Option<Box<Node>>) { while let Some(node) = cur { cur = &mut node.next; } *cur = None; }
fn nll_list_len(list: &Option<Box<Node>>) -> usize { let mut n = 0; let mut cur = list; while let Some(b) = cur { n += 1; cur = &b.next; } n }
fn nll_entry(m: &mut HashMap<String, i32>) { *m.entry(make()).or_insert(0) += 1; m.insert(make(), 2); }
fn nll_early_return_borrow(v: &mut Vec<i32>) -> &mut i32 { if v.is_empty() { v.push(0); } &mut v[0] }
fn nll_returned_in_match(o: &mut Option<i32>) -> &mut i32 { match o { Some(x) => x, None => panic!() } }

// Two-phase borrows.
fn two_phase_push_len() { let mut v = vec![1]; v.push(v.len() as i32); }
fn two_phase_push_index() { let mut v = vec![1]; v.push(v[0]); }
fn two_phase_insert() { let mut v = vec![1]; v.insert(v.len(), 2); }
fn two_phase_nested() { let mut v = vec![1]; v.push({ let n = v.len(); n as i32 }); }
fn two_phase_own_method(s: &mut Stack) { s.items.push(s.count as i32); s.items.push(s.items.len() as i32); }
fn two_phase_method_of_self(s: &mut Stack) { s.set(s.get() + 1); }
impl Stack { fn get(&self) -> usize { self.count } fn set(&mut self, n: usize) { self.count = n; } }
fn two_phase_in_loop() { let mut v = vec![1]; for _ in 0..3 { v.push(v[v.len() - 1] + 1); } }
fn two_phase_extend() { let mut v = vec![1]; v.extend(v.clone()); }
fn two_phase_string() { let mut s = make(); s.push_str(&s.clone()); s.insert(s.len(), 'x'); }
fn two_phase_compound_index() { let mut v = vec![1, 2]; v[0] += v[1]; let i = 0; v[i] = v[i + 1] + v[i]; }
fn two_phase_truncate() { let mut v = vec![1, 2]; v.truncate(v.len() - 1); let n = v.len(); v.swap(0, n - 1); }
fn two_phase_resize() { let mut v = vec![1]; v.resize(v.len() * 2, v[0]); }
fn two_phase_through_reference(v: &mut Vec<i32>) { v.push(v.len() as i32); v.push(v[0]); }
fn two_phase_map(m: &mut HashMap<i32, usize>) { m.insert(1, m.len()); }
fn two_phase_boxed() { let mut b = Box::new(vec![1]); b.push(b.len() as i32); }

// Partial moves.
fn partial_other_field() { let p = pair(); eat(p.left); look(&p.right); eat(p.right); }
fn partial_then_refill() { let mut p = pair(); eat(p.left); p.left = make(); eat(p); }
fn partial_pattern() { let p = pair(); let Pair { left, right } = p; eat(left); eat(right); }
fn partial_pattern_ref() { let p = pair(); let Pair { left, ref right } = p; eat(left); look(right); }
fn partial_pattern_skip() { let p = pair(); let Pair { left, .. } = p; eat(left); look(&p.right); }
fn partial_tuple() { let t = (make(), make()); eat(t.0); look(&t.1); }
fn partial_nested() { let t = (pair(), 1); eat(t.0.left); look(&t.0.right); look(&t.1); }
fn partial_copy_field() { let p = (make(), 5); eat(p.0); let n = p.1 + p.1; look(&n); }
fn partial_match() { let s = Shape::Box { w: make(), h: make() }; match s { Shape::Box { w, h } => { eat(w); eat(h); } Shape::Line(l) => eat(l), Shape::Dot => {} } }
fn partial_if_let_ref() { let o = Some(make()); if let Some(s) = &o { look(s); } eat(o); }
fn partial_wild_does_not_move() { let s = make(); let _ = s; eat(s); }
fn partial_wild_in_pattern() { let t = (make(), make()); let (a, _) = t; eat(a); eat(t.1); }
fn partial_closure_field() { let p = pair(); let f = move || p.left.len(); f(); look(&p.right); }
fn partial_closure_borrows_field() { let mut p = pair(); let f = || p.left.len(); p.right.push('x'); f(); }
fn partial_box() { let b = Box::new(pair()); let l = b.left; let r = b.right; eat(l); eat(r); }
fn partial_box_whole() { let b = Box::new(make()); let s = *b; eat(s); }
fn partial_box_node(n: Box<Node>) -> Option<Box<Node>> { let Node { value, next } = *n; look(&value); next }
fn partial_drop_rest() { let p = pair(); drop(p.left); }
fn partial_struct_update() { let p = pair(); let q = Pair { left: make(), ..p }; look(&p.left); eat(q); }
fn partial_array_pattern() { let [a, b] = [make(), make()]; eat(a); eat(b); }
fn partial_in_loop() { for _ in 0..2 { let p = pair(); eat(p.left); look(&p.right); } }

// Moves.
fn move_then_assign() { let mut s = make(); eat(s); s = make(); eat(s); }
fn move_in_both_branches() { let s = make(); if cond() { eat(s); } else { eat(s); } }
fn move_then_return() { let s = make(); if cond() { eat(s); return; } eat(s); }
fn move_then_break() { let s = make(); loop { eat(s); break; } }
fn move_then_continue_fresh() { let mut s = make(); for _ in 0..3 { eat(s); s = make(); } eat(s); }
fn move_in_match_arms(n: i32) { let s = make(); match n { 0 => eat(s), 1 => drop(s), _ => { let t = s; look(&t); } } }
fn move_diverges() { let s = make(); let n = if cond() { 1 } else { eat(s); panic!() }; look(&n); eat(s); }
fn move_late_init() { let s; if cond() { s = make(); } else { s = String::new(); } eat(s); }
fn move_late_init_loop() { let n; loop { n = 3; break; } look(&n); }
fn move_late_init_match(k: i32) -> i32 { let n; match k { 0 => n = 1, _ => n = 2 } n }
fn move_late_mut() { let mut n; n = 1; n += 1; look(&n); }
fn move_reference_copies() { let s = make(); let r = &s; let q = r; look(r); look(q); }
fn move_option_as_ref() { let o = Some(make()); let n = o.as_ref().map(|s| s.len()); eat(o); look(&n); }
fn move_into_struct() { let a = make(); let b = make(); let p = Pair { left: a, right: b }; eat(p); }
fn move_vec_element() { let mut v = vec![make()]; let s = v.remove(0); eat(s); let t = std::mem::take(&mut v); eat(t); }
fn move_replace(p: &mut Pair) -> String { std::mem::replace(&mut p.left, make()) }
fn move_iter() { let v = vec![make()]; for s in v { eat(s); } }
fn move_clone_in_loop() { let s = make(); for _ in 0..2 { eat(s.clone()); } eat(s); }
fn move_fn_once() { let s = make(); let f = move || s; eat(f()); }
fn move_self_chain() { let s = Some(make()).map(|x| x + "y").unwrap_or_default(); eat(s); }
fn move_conditional_drop() { let l = Loud(make()); if cond() { drop(l); } }
fn move_shadow() { let s = make(); let s = s + "x"; let s = Some(s); eat(s); }
fn move_question(o: Option<String>) -> Option<usize> { let s = o?; Some(s.len()) }
fn move_into_closure_clone() { let s = make(); let t = s.clone(); let f = move || t.len(); f(); eat(s); }
fn move_rc() { let a = Rc::new(make()); let b = Rc::clone(&a); eat(a); look(&b); }
fn move_box_reassign() { let mut b = Box::new(make()); eat(*b); b = Box::new(make()); look(&b); }
fn move_box_refill() { let mut b = Box::new(make()); eat(*b); *b = make(); look(&b); }
fn move_while_cond() { let mut s = Some(make()); while let Some(t) = s { s = if t.len() > 3 { None } else { Some(t + "x") }; } }

// Disjoint places.
fn disjoint_fields() { let mut p = pair(); let a = &mut p.left; let b = &mut p.right; a.push('x'); b.push('y'); a.push('z'); }
fn disjoint_field_and_read() { let mut p = Point { x: 1, y: 2 }; let a = &mut p.x; *a += p.y; }
fn disjoint_through_reference(p: &mut Pair) { let a = &mut p.left; let b = &p.right; a.push_str(b); }
fn disjoint_tuple() { let mut t = (1, 2); let a = &mut t.0; t.1 = 3; *a = 4; }
fn disjoint_self(s: &mut Stack) { for x in &s.items { s.count += *x as usize; } for x in s.items.iter_mut() { *x += s.name.len() as i32; } }
fn disjoint_closures() { let mut p = pair(); let mut f = || p.left.push('x'); let mut g = || p.right.push('y'); f(); g(); f(); }
fn disjoint_pattern(p: &mut Pair) { let Pair { left, right } = p; left.push('x'); right.push('y'); left.push('z'); }
fn disjoint_slice_pattern(v: &mut [i32]) { if let [a, b, ..] = v { *a += *b; *b += *a; } }
fn disjoint_slice_first_last(v: &mut [i32]) { if let [a, .., z] = v { std::mem::swap(a, z); } }
fn disjoint_slice_rest(v: &mut [i32]) { if let [a, rest @ ..] = v { *a = 1; if let Some(r) = rest.first_mut() { *r = *a; } } }
fn disjoint_boxed() { let mut b = Box::new(pair()); let l = &mut b.left; let r = &mut b.right; l.push('x'); r.push('x'); l.push('y'); }
fn disjoint_array_const() { let mut a = [make(), make()]; let [x, y] = &mut a; x.push('x'); y.push('y'); x.push('z'); }

// Reborrows.
fn reborrow_argument(v: &mut Vec<i32>) { poke(v); poke(v); v.push(1); }
fn reborrow_explicit(v: &mut Vec<i32>) { let r = &mut *v; r.push(1); v.push(2); }
fn reborrow_annotated(v: &mut Vec<i32>) { let r: &mut Vec<i32> = v; r.push(1); v.push(2); }
fn reborrow_field(s: &mut Stack) { let r = &mut s.items; r.push(1); s.count += 1; }
fn reborrow_in_loop(v: &mut Vec<i32>) { for i in 0..3 { inner(v, i); } v.push(0); }
fn inner(v: &mut Vec<i32>, n: i32) { if n > 0 { inner(v, n - 1); } v.push(n); }
fn reborrow_shared(v: &mut Vec<i32>) { let r = &*v; look(r); v.push(1); }
fn reborrow_method_chain(v: &mut Vec<i32>) -> &mut i32 { v.iter_mut().next().unwrap() }
fn reborrow_option(o: &mut Option<String>) { if let Some(s) = o { s.push('x'); } if let Some(s) = o.as_mut() { s.push('y'); } *o = None; }
fn reborrow_box(b: &mut Box<Vec<i32>>) { let v = &mut **b; v.push(1); b.push(2); }
fn reborrow_returned<'a>(v: &'a mut Vec<i32>) -> &'a mut i32 { let r = &mut *v; &mut r[0] }
fn reborrow_holder(v: &mut Vec<i32>) { { let h = Holder { inner: v }; h.inner.push(1); } v.push(2); }
fn reborrow_through_struct(h: &mut Holder) { h.inner.push(1); let r = &mut *h.inner; r.push(2); h.inner.push(3); }
fn reborrow_closure(v: &mut Vec<i32>) { let mut f = || v.push(1); f(); f(); v.push(2); }
fn reborrow_nested_call(v: &mut Vec<i32>) { let n = v.len(); poke({ v.push(1); &mut *v }); look(&n); }

// Lifetimes of signatures.
fn sig_longer() { let a = make(); let r; { let b = make(); r = first(&a, &b).len(); } look(&r); }
fn sig_first_outlives() { let a = make(); let r; { let b = make(); r = first(&a, &b); } look(&r); }
fn sig_static() { let r: &'static str; { r = "literal"; } look(&r); }
fn sig_view<'a>(v: &View<'a>) -> &'a str { v.text }
fn sig_view_outlives() { let s = make(); let t; { let v = View { text: &s, at: 0 }; t = sig_view(&v); } look(&t); }
impl<'a> View<'a> { fn rest(&self) -> &'a str { &self.text[self.at..] } fn step(&mut self) -> &'a str { self.at += 1; self.text } }
fn sig_view_step() { let s = make(); let mut v = View { text: &s, at: 0 }; let a = v.step(); let b = v.step(); look(&a); look(&b); }
fn sig_bound<'a, 'b: 'a>(x: &'a str, y: &'b str) -> &'a str { if cond() { x } else { y } }
fn sig_shorter_ok<'a>(x: &'a str) -> &'a str { let y: &'static str = "s"; if cond() { x } else { y } }
fn sig_elided_self(s: &Stack, n: &i32) -> usize { s.items.len() + *n as usize }
fn sig_impl_trait<'a>(v: &'a Vec<i32>) -> impl Iterator<Item = i32> + 'a { v.iter().map(|x| x + 1) }
fn sig_impl_trait_used() { let mut v = vec![1]; let n: i32 = sig_impl_trait(&v).sum(); v.push(n); }
fn sig_boxed_dyn(n: i32) -> Box<dyn Fn(i32) -> i32> { Box::new(move |x| x + n) }
fn sig_boxed_borrowing<'a>(s: &'a str) -> Box<dyn Fn() -> usize + 'a> { Box::new(move || s.len()) }
fn sig_split(text: &str) -> Vec<&str> { text.split(',').filter(|p| !p.is_empty()).collect() }
fn sig_find<'a>(items: &'a [String], want: &str) -> Option<&'a String> { items.iter().find(|s| s.as_str() == want) }
fn sig_find_used() { let v = vec![make()]; let r; { let w = make(); r = sig_find(&v, &w); } look(&r); }
fn sig_max<'a>(v: &'a [String]) -> &'a str { let mut best = ""; for s in v { if s.len() > best.len() { best = s; } } best }
fn sig_generic<'a, T>(v: &'a [T]) -> Option<&'a T> { if v.is_empty() { None } else { Some(&v[0]) } }
fn sig_fn_pointer(f: fn(&str) -> usize) -> usize { let s = make(); f(&s) }
fn sig_closure_param(f: impl Fn(&str) -> usize) -> usize { let s = make(); f(&s) }
fn sig_closure_mut(mut f: impl FnMut(&mut Vec<i32>)) { let mut v = vec![]; f(&mut v); f(&mut v); v.push(1); }
fn sig_apply() { let mut seen = vec![]; sig_closure_mut(|v| { v.push(1); seen.push(v.len()); }); look(&seen); }

// Closures and iterators.
fn iter_collect_refs() { let v = vec![make()]; let r: Vec<&String> = v.iter().collect(); look(&r); eat(v); }
fn iter_for_each_push() { let v = vec![1]; let mut out = vec![]; v.iter().for_each(|x| out.push(*x)); out.push(1); }
fn iter_map_owned() { let mut v = vec![make()]; let n: Vec<usize> = v.iter().map(|s| s.len()).collect(); v.clear(); look(&n); }
fn iter_refs_into_outer<'a>(v: &'a [String], out: &mut Vec<&'a str>) { for s in v { out.push(s); } v.iter().for_each(|s| out.push(s.as_str())); }
fn iter_zip() { let a = vec![1]; let mut b = vec![2]; for (x, y) in a.iter().zip(b.iter_mut()) { *y += *x; } b.push(1); }
fn iter_chars() { let mut s = make(); let n = s.chars().filter(|c| *c == 'x').count(); s.push('y'); look(&n); }
fn iter_sort_by() { let mut v = vec![make()]; let k = make(); v.sort_by(|a, b| a.len().cmp(&b.len())); v.retain(|s| *s != k); eat(k); }
fn iter_next_by_hand() { let v = vec![1, 2]; let mut it = v.iter(); while let Some(x) = it.next() { if *x == 1 { it.next(); } } eat(v); }
fn iter_windows() { let mut v = vec![1, 2]; let up = v.windows(2).all(|w| w[0] < w[1]); if up { v.clear(); } }
fn closure_returned_value() { let mut n = 1; let mut next = || { n += 1; n }; let a = next(); let b = next(); look(&(a + b)); look(&n); }
fn closure_reads_loop_variable() { let mut out: Vec<Box<dyn Fn() -> i32>> = vec![]; for i in 0..3 { out.push(Box::new(move || i)); } look(&out[0]()); }
fn closure_in_struct() { let s = make(); let f: Box<dyn Fn() -> usize> = Box::new(move || s.len()); look(&f()); }
fn cell_shared() { let c = Cell::new(1); let a = &c; let b = &c; a.set(b.get() + 1); b.set(2); }
fn refcell_shared() { let c = RefCell::new(vec![1]); let a = &c; a.borrow_mut().push(1); let n = c.borrow().len(); look(&n); }
fn rc_refcell() { let a = Rc::new(RefCell::new(vec![1])); let b = a.clone(); b.borrow_mut().push(2); a.borrow_mut().push(3); }
fn promoted_constant() -> &'static i32 { &5 }
fn promoted_array() -> &'static [i32] { &[1, 2, 3] }
fn extended_temporary() { let r = &make(); look(r); let m = &mut vec![1]; m.push(1); }
fn extended_in_tuple() { let t = (&make(), 1); look(t.0); }
fn drop_order_reference_first() { let s = make(); let v = vec![&s]; look(&v); }
fn drop_holds_older() { let s = make(); let mut v: Vec<&String> = Vec::new(); v.push(&s); }
fn may_dangle() { let mut v = vec![]; let s = make(); v.push(&s); }

fn parts_of_an_array(mut table: [String; 4]) {
    let [first, middle @ .., last] = &mut table;
    first.push('a');
    middle[1].push('b');
    last.push('c');
    let [one, .., four] = table;
    drop((one, four));
}
fn ends_of_a_moved_middle(table: [String; 5]) -> [String; 2] {
    let [_, middle @ .., fourth, _] = &table;
    drop((middle.len(), fourth.len()));
    let [_, rest @ .., _, _] = table;
    let [.., last] = table;
    drop(last);
    rest
}

fn parts_by_several_lets(pair: (String, String), moved: String) -> (String, String) {
    let (first, _) = pair;
    let (_, second) = pair;
    drop(moved);
    let _ = moved;
    (first, second)
}
fn a_let_that_names_what_it_gets<'a>(one: &'a str, texts: &mut Vec<&'a str>) {
    let part: &'a str = &one[1..];
    let mut list: Vec<&'a str> = vec![part, "static"];
    list.push(one);
    let all: &'static str = "all";
    let any: &dyn Fn(&'a str) -> usize = &|text| text.len() + all.len();
    texts.push(&list[any(one) - 3]);
}
fn an_index_from_the_length_of_a_slice(list: &mut [i32]) {
    list[list.len() - 1] += list[0];
}

fn lifetime_behind_static_is_static<'s, 't>(one: &'s mut &'t mut String, _: &'static Option<&'t i32>) -> &'s mut &'static mut String {
    one
}

fn main() {}
