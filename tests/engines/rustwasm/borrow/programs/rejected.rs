// Faulty functions: each line that ends in `//~ CODE` is where rustc 1.95, edition 2021, reports that error, and there are
// no others. `//~ -` is an error without a code.
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
struct Guard<'a>(&'a String);
impl<'a> Drop for Guard<'a> { fn drop(&mut self) {} }
enum Shape { Dot, Line(String), Box { w: String, h: String } }
fn make() -> String { String::from("x") }
fn pair() -> Pair { Pair { left: make(), right: make() } }
fn eat<T>(_: T) {}
fn look<T>(_: &T) {}
fn poke<T>(_: &mut T) {}
fn longer<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }
fn first<'a, 'b>(a: &'a str, _: &'b str) -> &'a str { a }
fn forever(_: &'static str) {}
fn cond() -> bool { true }

fn e0382_two_eats() { let s = make();
    eat(s);
    eat(s); //~ E0382
}
fn e0382_look_after_eat() { let s = make();
    eat(s);
    look(&s); //~ E0382
}
fn e0382_method_after_eat() { let s = make();
    eat(s);
    s.len(); //~ E0382
}
fn e0382_mut_after_eat() { let mut s = make();
    eat(s);
    s.push('x'); //~ E0382
}
fn e0382_one_branch() { let s = make();
    if cond() { eat(s); }
    eat(s); //~ E0382
}
fn e0382_match_arm(n: i32) { let s = make();
    match n { 0 => eat(s), _ => {} }
    eat(s); //~ E0382
}
fn e0382_loop() { let s = make();
    loop {
        eat(s); //~ E0382
    }
}
fn e0382_while() { let s = make();
    while cond() {
        eat(s); //~ E0382
    }
}
fn e0382_for() { let v = vec![make()];
    for i in 0..2 {
        for s in v { eat(s); } //~ E0382
    }
}
fn e0382_iter_consumed() { let v = vec![make()];
    for s in v { eat(s); }
    look(&v); //~ E0382
}
fn e0382_into_iter() { let v = vec![make()];
    let n = v.into_iter().count();
    eat(v); //~ E0382
}
fn e0382_field_then_whole() { let p = pair();
    eat(p.left);
    eat(p); //~ E0382
}
fn e0382_field_then_borrow_whole() { let p = pair();
    eat(p.left);
    look(&p); //~ E0382
}
fn e0382_field_twice() { let p = pair();
    eat(p.left);
    eat(p.left); //~ E0382
}
fn e0382_whole_then_field() { let p = pair();
    eat(p);
    look(&p.right); //~ E0382
}
fn e0382_pattern_moves() { let p = pair();
    let Pair { left, .. } = p;
    look(&p.left); //~ E0382
}
fn e0382_if_let_moves() { let o = Some(make());
    if let Some(s) = o { eat(s); }
    look(&o); //~ E0382
}
fn e0382_match_moves() { let s = Shape::Line(make());
    match s { Shape::Line(l) => eat(l), _ => {} }
    look(&s); //~ E0382
}
fn e0382_tuple() { let t = (make(), make());
    let (a, _) = t;
    eat(t); //~ E0382
}
fn e0382_closure_moved_in() { let s = make();
    let f = move || s.len();
    look(&s); //~ E0382
    f();
}
fn e0382_closure_consumes() { let s = make();
    let f = || eat(s);
    eat(s); //~ E0382
    f();
}
fn e0382_closure_called_twice() { let s = make();
    let f = || eat(s);
    f();
    f(); //~ E0382
}
fn e0382_closure_moved() { let s = make();
    let f = move || s.len();
    eat(f);
    f(); //~ E0382
}
fn e0382_moved_into_second_closure() { let s = make();
    let f = move || s.len();
    let g = move || s.len(); //~ E0382
}
fn e0382_into_vec() { let s = make();
    let v = vec![s];
    eat(s); //~ E0382
}
fn e0382_into_struct() { let s = make();
    let p = Pair { left: s, right: make() };
    look(&s); //~ E0382
}
fn e0382_struct_twice() { let s = make();
    let p = Pair {
        left: s,
        right: s, //~ E0382
    };
}
fn e0382_boxed() { let s = make();
    let b = Box::new(s);
    look(&s); //~ E0382
}
fn e0382_out_of_box() { let b = Box::new(make());
    eat(*b);
    look(&b); //~ E0382
}
fn e0382_self() { let o = Some(make());
    o.unwrap();
    o.is_some(); //~ E0382
}
fn e0382_mutable_reference(v: &mut Vec<i32>) {
    let r = v;
    r.push(1);
    v.push(2); //~ E0382
}
fn e0382_generic<T>(x: T) {
    eat(x);
    eat(x); //~ E0382
}
fn e0382_rc() { let a = Rc::new(1);
    let b = a;
    look(&a); //~ E0382
}
fn e0382_operand() { let s = make();
    let t = s + "x";
    look(&s); //~ E0382
}
fn e0382_assigned_field_of_moved() { let mut p = pair();
    eat(p);
    p.left = make(); //~ E0382
}
fn e0382_update() { let p = pair();
    let q = Pair { left: make(), ..p };
    look(&p.right); //~ E0382
}
fn e0382_returned_in_loop() -> String { let s = make();
    for i in 0..2 {
        if i == 1 { return s; }
        eat(s); //~ E0382
    }
    make()
}
fn e0382_break_value() { let s = make();
    let t = loop { if cond() { break s; } };
    eat(s); //~ E0382
}
fn e0382_shadow_inner() { let s = make();
    { let s = s; look(&s); }
    look(&s); //~ E0382
}

fn e0381_never() { let n: i32;
    look(&n); //~ E0381
}
fn e0381_one_branch() { let n: i32;
    if cond() { n = 1; }
    let m = n; //~ E0381
}
fn e0381_loop() { let n: i32;
    while cond() { n = 1; break; }
    let m = n + 1; //~ E0381
}
fn e0381_string() { let s: String;
    eat(s); //~ E0381
}
fn e0381_field() { let mut p: Point;
    p.x = 1; //~ E0381
}
fn e0381_compound() { let mut n: i32;
    n += 1; //~ E0381
}
fn e0381_closure() { let n: i32;
    let f = || n + 1; //~ E0381
}
fn e0381_method() { let v: Vec<i32>;
    v.len(); //~ E0381
}

fn e0384_again() { let n = 1; look(&n);
    n = 2; //~ E0384
}
fn e0384_compound() { let n = 1;
    n += 2; //~ E0384
}
fn e0384_late() { let n; n = 1; look(&n);
    n = 2; //~ E0384
}
fn e0384_loop() { let n;
    loop {
        n = 1; //~ E0384
    }
}
fn e0384_argument(n: i32) {
    n = 2; //~ E0384
}
fn e0384_pattern() { let (a, mut b) = (1, 2); b = 3; look(&b);
    a = 3; //~ E0384
}
fn e0384_for() { for i in 0..3 {
    i = 4; //~ E0384
} }
fn e0384_match(o: Option<i32>) { match o { Some(n) => {
    n = 1; //~ E0384
} None => {} } }
fn e0384_string() { let s = make(); look(&s);
    s = make(); //~ E0384
}
fn e0384_branch() { let n; if cond() { n = 1; } else { n = 2; }
    n = 3; //~ E0384
}

fn e0499_two() { let mut v = vec![1];
    let a = &mut v;
    let b = &mut v; //~ E0499
    a.push(1); b.push(1);
}
fn e0499_arguments() { let mut v = vec![1];
    std::mem::swap(&mut v, &mut v); //~ E0499
}
fn e0499_loop() { let mut v = vec![1]; let mut all = vec![];
    for _ in 0..2 {
        all.push(&mut v); //~ E0499
    }
}
fn e0499_field() { let mut p = pair();
    let a = &mut p.left;
    let b = &mut p.left; //~ E0499
    a.push('x'); b.push('x');
}
fn e0499_whole_and_field() { let mut p = pair();
    let a = &mut p.left;
    let b = &mut p; //~ E0499
    a.push('x'); look(b);
}
fn e0499_reference(v: &mut Vec<i32>) {
    let a = &mut *v;
    let b = &mut *v; //~ E0499
    a.push(1); b.push(1);
}
fn e0499_iter_mut() { let mut v = vec![1];
    for x in v.iter_mut() {
        v.push(*x); //~ E0499
    }
}
fn e0499_get_mut(m: &mut HashMap<i32, String>) {
    let a = m.get_mut(&1);
    let b = m.get_mut(&2); //~ E0499
    look(&a); look(&b);
}
fn e0499_holder() { let mut v = vec![1];
    let h = Holder { inner: &mut v };
    v.push(1); //~ E0499
    h.inner.push(2);
}
fn e0499_closures() { let mut n = 0;
    let mut f = || n += 1;
    let mut g = || n += 2; //~ E0499
    f(); g();
}
fn e0499_closure_and_borrow() { let mut v = vec![1];
    let mut f = || v.push(1);
    let r = &mut v; //~ E0499
    f(); r.push(1);
}
fn e0499_elements() { let mut v = vec![1, 2];
    let a = &mut v[0];
    let b = &mut v[1]; //~ E0499
    std::mem::swap(a, b);
}
fn e0499_array_elements() { let mut v = [1, 2]; let i = 0;
    let a = &mut v[i];
    let b = &mut v[1]; //~ E0499
    std::mem::swap(a, b);
}
impl Stack {
    fn item(&mut self) -> &mut i32 { &mut self.items[0] }
    fn bump(&mut self) { self.count += 1; }
    fn e0499_self(&mut self) {
        let r = self.item();
        self.bump(); //~ E0499
        *r = 1;
    }
    fn e0502_self(&mut self) {
        let r = &self.items;
        self.bump(); //~ E0502
        look(r);
    }
    fn e0502_for_self(&mut self) {
        for x in &self.items {
            self.bump(); //~ E0502
        }
    }
}

fn e0502_push() { let mut v = vec![1];
    let r = &v;
    v.push(1); //~ E0502
    look(r);
}
fn e0502_element() { let mut v = vec![1];
    let r = &v[0];
    v.push(1); //~ E0502
    look(r);
}
fn e0502_look() { let mut v = vec![1];
    let r = &mut v;
    look(&v); //~ E0502
    r.push(1);
}
fn e0502_print() { let mut n = 1;
    let r = &mut n;
    println!("{}", n); //~ E0502
    *r = 2;
}
fn e0502_iter() { let mut v = vec![1];
    for x in &v {
        v.push(*x); //~ E0502
    }
}
fn e0502_iterator_held() { let mut v = vec![1];
    let mut it = v.iter();
    v.clear(); //~ E0502
    it.next();
}
fn e0502_map_entry(m: &mut HashMap<i32, String>) {
    let r = m.get(&1);
    m.insert(2, make()); //~ E0502
    look(&r);
}
fn e0502_str() { let mut s = make();
    let r = s.as_str();
    s.push('x'); //~ E0502
    look(&r);
}
fn e0502_slice() { let mut s = make();
    let r = &s[..1];
    s.clear(); //~ E0502
    look(&r);
}
fn e0502_view() { let mut s = make();
    let v = View { text: &s, at: 0 };
    s.push('x'); //~ E0502
    look(&v.text);
}
fn e0502_longer() { let mut s = make();
    let r = longer(&s, "y");
    s.push('x'); //~ E0502
    look(&r);
}
fn e0502_collected() { let mut v = vec![make()];
    let r: Vec<&String> = v.iter().collect();
    v.clear(); //~ E0502
    look(&r);
}
fn e0502_mapped() { let mut v = vec![make()];
    let r: Vec<&str> = v.iter().map(|s| s.as_str()).collect();
    v.push(make()); //~ E0502
    look(&r);
}
fn e0502_closure_reads() { let mut v = vec![1];
    let f = || v.len();
    v.push(1); //~ E0502
    f();
}
fn e0502_closure_writes() { let mut v = vec![1];
    let mut f = || v.push(1);
    look(&v); //~ E0502
    f();
}
fn e0502_option() { let mut o = Some(make());
    let r = o.as_ref();
    o.take(); //~ E0502
    look(&r);
}
fn e0502_boxed_dyn() { let mut v = vec![1];
    let f: Box<dyn Fn() -> usize + '_> = Box::new(|| v.len());
    v.push(1); //~ E0502
    f();
}
fn e0502_split() { let mut s = make();
    let parts: Vec<&str> = s.split(',').collect();
    s.clear(); //~ E0502
    look(&parts);
}
fn e0502_argument() { let mut v = vec![1];
    fn two(_: &Vec<i32>, _: &mut Vec<i32>) {}
    two(&v, &mut v); //~ E0502
}
fn e0502_match_ref() { let mut v = vec![make()];
    match v.first() {
        Some(s) => {
            v.clear(); //~ E0502
            look(s);
        }
        None => {}
    }
}
fn e0502_in_struct_field() { let mut p = pair();
    let r = &p;
    p.left.push('x'); //~ E0502
    look(r);
}
fn e0502_vector_of_refs() { let mut a = make(); let mut all: Vec<&String> = vec![];
    all.push(&a);
    a.push('x'); //~ E0502
    look(&all);
}
fn e0502_drop_uses() { let mut s = make();
    let g = Guard(&s);
    s.push('x'); //~ E0502
}
fn e0502_impl_trait() { let mut v = vec![1];
    fn evens<'a>(v: &'a Vec<i32>) -> impl Iterator<Item = i32> + 'a { v.iter().map(|x| *x) }
    let it = evens(&v);
    v.clear(); //~ E0502
    look(&it.count());
}

fn e0503_use() { let mut n = 1;
    let r = &mut n;
    let m = n + 1; //~ E0503
    *r = m;
}
fn e0503_field() { let mut p = Point { x: 1, y: 2 };
    let r = &mut p;
    let m = p.x; //~ E0503
    r.x = m;
}
fn e0503_while() { let mut n = 1;
    let r = &mut n;
    while n < 3 { //~ E0503
        *r += 1;
    }
}
fn e0503_copy_argument() { let mut n = 1;
    let r = &mut n;
    eat(n); //~ E0503
    *r = 2;
}

fn e0505_drop() { let s = make();
    let r = &s;
    drop(s); //~ E0505
    look(r);
}
fn e0505_let() { let s = make();
    let r = s.as_str();
    let t = s; //~ E0505
    look(&r);
}
fn e0505_field() { let p = pair();
    let r = &p.left;
    eat(p.left); //~ E0505
    look(r);
}
fn e0505_whole() { let p = pair();
    let r = &p.left;
    eat(p); //~ E0505
    look(r);
}
fn e0505_vector() { let v = vec![1];
    let r = v.first();
    eat(v); //~ E0505
    look(&r);
}
fn e0505_closure() { let s = make();
    let f = || s.len();
    eat(s); //~ E0505
    f();
}
fn e0505_into_closure() { let s = make();
    let r = &s;
    let f = move || s.len(); //~ E0505
    look(r);
}
fn e0505_return<'a>(s: String, t: &'a str) -> usize {
    let r = longer(&s, t);
    let u = s; //~ E0505
    r.len()
}
fn e0505_in_loop() { let s = make();
    let r = &s;
    for _ in 0..1 { look(r); }
    eat(s); //~ E0505
    look(r);
}
fn e0505_boxed() { let b = Box::new(make());
    let r = &*b;
    eat(b); //~ E0505
    look(r);
}
fn e0505_moved_while_mutable() { let mut s = make();
    let r = &mut s;
    eat(s); //~ E0505
    r.push('x');
}

fn e0506_number() { let mut n = 1;
    let r = &n;
    n = 2; //~ E0506
    look(r);
}
fn e0506_compound() { let mut n = 1;
    let r = &n;
    n += 2; //~ E0506
    look(r);
}
fn e0506_mutable() { let mut n = 1;
    let r = &mut n;
    n = 2; //~ E0506
    *r = 3;
}
fn e0506_field() { let mut p = Point { x: 1, y: 2 };
    let r = &p.x;
    p.x = 2; //~ E0506
    look(r);
}
fn e0506_whole() { let mut p = Point { x: 1, y: 2 };
    let r = &p.x;
    p = Point { x: 3, y: 4 }; //~ E0506
    look(r);
}
fn e0506_string() { let mut s = make();
    let r = s.as_str();
    s = make(); //~ E0506
    look(&r);
}
fn e0506_matched() { let mut o = Some(1);
    if let Some(x) = &o {
        o = None; //~ E0506
        look(x);
    }
}
fn e0506_captured() { let mut n = 1;
    let f = || n + 1;
    n = 2; //~ E0506
    f();
}
fn e0506_loop() { let mut n = 1; let mut all = vec![];
    for _ in 0..2 {
        n += 1; //~ E0506
        all.push(&n);
    }
}
fn e0506_through_reference(p: &mut Point) {
    let r = &p.x;
    p.x = 3; //~ E0506
    look(r);
}
fn e0506_array() { let mut a = [1, 2];
    let r = &a[0];
    a[1] = 2; //~ E0506
    look(r);
}

fn e0507_deref(r: &String) {
    let s = *r; //~ E0507
}
fn e0507_field(p: &Pair) {
    let s = p.left; //~ E0507
}
fn e0507_mut_field(p: &mut Pair) {
    eat(p.left); //~ E0507
}
fn e0507_index(v: &Vec<String>) {
    let s = v[0]; //~ E0507
}
fn e0507_unwrap(o: &Option<String>) {
    let s = o.unwrap(); //~ E0507
}
fn e0507_rc(r: Rc<String>) {
    let s = *r; //~ E0507
}
fn e0507_rc_field(r: Rc<Pair>) {
    eat(r.left); //~ E0507
}
fn e0507_pattern(p: &Option<String>) {
    match *p { //~ E0507
        Some(s) => eat(s),
        None => {}
    }
}
fn e0507_closure() { let s = make();
    let f = || s; eat(f());
    fn call(f: impl Fn() -> String) { f(); }
    let t = make();
    call(move || t); //~ E0507
}
fn e0507_self_field(s: &Stack) -> String {
    s.name //~ E0507
}
fn e0507_refcell(c: &RefCell<String>) {
    let s = *c.borrow(); //~ E0507
}
fn e0508_array() { let a = [make(), make()]; let i = a.len() - 1;
    eat(a[i]); //~ E0508
}
fn e0508_slice(a: &[String]) {
    let s = a[0]; //~ E0508
}
fn e0509_field() { let l = Loud(make());
    eat(l.0); //~ E0509
}
fn e0509_pattern() { let l = Loud(make());
    let Loud(s) = l; //~ E0509
}

fn e0515_reference<'a>() -> &'a String { let s = make();
    &s //~ E0515
}
fn e0515_str<'a>() -> &'a str { let s = make();
    s.as_str() //~ E0515
}
fn e0515_parameter<'a>(s: String) -> &'a str {
    &s //~ E0515
}
fn e0515_temporary<'a>() -> &'a String {
    &make() //~ E0515
}
fn e0515_early<'a>(o: &'a str) -> &'a str { let s = make();
    if cond() {
        return &s; //~ E0515
    }
    o
}
fn e0515_slice<'a>() -> &'a [i32] { let v = vec![1];
    &v[..] //~ E0515
}
fn e0515_struct<'a>() -> View<'a> { let s = make();
    View { text: &s, at: 0 } //~ E0515
}
fn e0515_option<'a>() -> Option<&'a i32> { let v = vec![1];
    v.first() //~ E0515
}
fn e0515_iterator<'a>() -> impl Iterator<Item = &'a i32> { let v = vec![1];
    v.iter() //~ E0515
}
fn e0515_through_call<'a>(o: &'a str) -> &'a str { let s = make();
    longer(o, &s) //~ E0515
}

fn e0594_field() { let p = Point { x: 1, y: 2 };
    p.x = 3; //~ E0594
}
fn e0594_reference(p: &Point) {
    p.x = 3; //~ E0594
}
fn e0594_deref(n: &i32) {
    *n = 3; //~ E0594
}
fn e0594_compound(n: &i32) {
    *n += 3; //~ E0594
}
fn e0594_iter(v: &mut Vec<i32>) { for x in v.iter() {
    *x += 1; //~ E0594
} }
fn e0594_box() { let b = Box::new(1);
    *b = 2; //~ E0594
}
fn e0594_rc(r: Rc<Point>) {
    r.x = 2; //~ E0594
}
fn e0594_array() { let a = [1, 2];
    a[0] = 3; //~ E0594
}
fn e0594_captured() { let n = 1;
    let f = || { n = 2; }; //~ E0594
}
fn e0594_fn_closure() { let mut n = 1;
    fn call(f: impl Fn()) { f(); }
    call(|| n += 1); //~ E0594
}
fn e0594_tuple() { let t = (1, 2);
    t.0 = 3; //~ E0594
}

fn e0596_method() { let v = vec![1];
    v.push(2); //~ E0596
}
fn e0596_reference() { let v = vec![1];
    poke(&mut v); //~ E0596
}
fn e0596_parameter(v: Vec<i32>) {
    v.clear(); //~ E0596
}
fn e0596_shared(v: &Vec<i32>) {
    v.clear(); //~ E0596
}
fn e0596_field(p: &Pair) {
    p.left.push('x'); //~ E0596
}
fn e0596_immutable_field() { let p = pair();
    p.left.push('x'); //~ E0596
}
fn e0596_index() { let v = vec![make()];
    v[0].push('x'); //~ E0596
}
fn e0596_closure() { let mut n = 0;
    let f = || n += 1;
    f(); //~ E0596
}
fn e0596_captured() { let v = vec![1];
    let mut f = || v.push(1); //~ E0596
}
fn e0596_if_let() { let o = Some(make());
    if let Some(s) = &mut o { s.push('x'); } //~ E0596
}
fn e0596_pattern(o: &Option<String>) { if let Some(s) = o {
    s.push('x'); //~ E0596
} }
fn e0596_rc(r: Rc<String>) {
    r.push('x'); //~ E0596
}
fn e0596_iterator() { let it = vec![1].into_iter();
    it.next(); //~ E0596
}
fn e0596_fn_closure() { let mut v = vec![1];
    fn call(f: impl Fn()) { f(); }
    call(|| v.push(1)); //~ E0596
}

fn e0597_block() { let r;
    { let s = make();
        r = &s; //~ E0597
    }
    look(r);
}
fn e0597_number() { let r;
    { let n = 1;
        r = &n; //~ E0597
    }
    look(r);
}
fn e0597_pushed() { let mut v: Vec<&String> = vec![];
    { let s = make();
        v.push(&s); //~ E0597
    }
    look(&v);
}
fn e0597_field() { let mut h = View { text: "", at: 0 };
    { let s = make();
        h.text = &s; //~ E0597
    }
    look(&h.text);
}
fn e0597_option() { let mut o = None;
    { let n = 1;
        o = Some(&n); //~ E0597
    }
    look(&o);
}
fn e0597_longer() { let a = make(); let r;
    { let b = make();
        r = longer(&a, &b); //~ E0597
    }
    look(&r);
}
fn e0597_static() { let s = make();
    forever(&s); //~ E0597
}
fn e0597_loop() { let mut r = &0;
    for i in 0..3 {
        r = &i; //~ E0597
    }
    look(r);
}
fn e0597_closure() { let f;
    { let s = make();
        f = || s.len(); //~ E0597
    }
    f();
}
fn e0597_drop_order() { let g;
    let s = make();
    g = Guard(&s); //~ E0597
}
fn e0597_boxed() { let f: Box<dyn Fn() -> usize + '_>;
    { let s = make();
        f = Box::new(|| s.len()); //~ E0597
    }
    f();
}
fn e0597_iterator() { let mut it;
    { let v = vec![1];
        it = v.iter(); //~ E0597
    }
    it.next();
}
fn e0597_map() { let mut m = HashMap::new();
    { let s = make();
        m.insert(1, s.as_str()); //~ E0597
    }
    look(&m);
}
fn e0597_cell() { let c = RefCell::new(vec![]);
    { let s = make();
        c.borrow_mut().push(&s); //~ E0597
    }
    look(&c);
}

fn e0716_call() {
    let r = longer(&make(), "x"); //~ E0716
    look(&r);
}
fn e0716_method() {
    let r = make().as_str(); //~ E0716
    look(&r);
}
fn e0716_assigned() { let r: &String;
    r = &make(); //~ E0716
    look(r);
}
fn e0716_pushed() { let mut v: Vec<&String> = vec![];
    v.push(&make()); //~ E0716
    look(&v);
}
fn e0716_iter() {
    let it = make().chars(); //~ E0716
    look(&it.count());
}
fn e0716_split() {
    let parts: Vec<&str> = make().split(',').collect(); //~ E0716
    look(&parts);
}

fn e0373_impl(n: i32) -> impl Fn() -> i32 {
    || n + 1 //~ E0373
}
fn e0373_boxed(s: String) -> Box<dyn Fn() -> usize> {
    Box::new(|| s.len()) //~ E0373
}
fn e0373_local() -> impl Fn() -> usize { let v = vec![1];
    || v.len() //~ E0373
}

fn lifetime_two<'a, 'b>(x: &'a str, y: &'b str) -> &'a str {
    y //~ -
}
fn lifetime_static<'a>(x: &'a str) -> &'static str {
    x //~ -
}
fn lifetime_anonymous_static(x: &str) -> &'static str {
    x //~ -
}
fn lifetime_branch<'a, 'b>(x: &'a str, y: &'b str) -> &'a str {
    if cond() { return x; }
    longer(x, y) //~ -
}
fn lifetime_pushed<'a, 'b>(v: &mut Vec<&'a str>, y: &'b str) {
    v.push(y); //~ -
}
fn lifetime_pushed_anonymous(v: &mut Vec<&str>, y: &str) {
    v.push(y); //~ -
}
fn lifetime_assigned<'a, 'b>(v: &mut View<'a>, y: &'b str) {
    v.text = y; //~ -
}
fn lifetime_boxed(s: &str) -> Box<dyn Fn() -> usize> {
    Box::new(move || s.len()) //~ -
}
fn lifetime_struct<'a, 'b>(x: &'a str, y: &'b str) -> View<'a> {
    View { text: y, at: 0 } //~ -
}
fn lifetime_invariant<'a, 'b>(x: &'a mut &'b str) -> &'a mut &'a str {
    x //~ -
}
impl<'a> View<'a> {
    fn lifetime_self(&self, y: &str) -> &str {
        y //~ -
    }
    fn lifetime_kept(&self) -> &'a str { self.text }
}
fn e0621_returned<'a>(x: &'a str, y: &str) -> &'a str {
    y //~ E0621
}
fn e0621_pushed<'a>(v: &mut Vec<&'a str>, y: &str) {
    v.push(y); //~ E0621
}
fn e0621_assigned<'a>(v: &mut View<'a>, y: &str) {
    v.text = y; //~ E0621
}
fn e0621_called<'a>(x: &'a str, y: &str) -> &'a str {
    longer(x, y) //~ E0621
}
fn e0521_static(s: &str) {
    forever(s); //~ E0521
}
fn e0521_pushed(v: &mut Vec<&'static str>, s: &str) {
    v.push(s); //~ E0521
}
struct Still { text: &'static str }
fn static_field_made(s: &str) -> Still {
    Still { text: s } //~ -
}
fn static_field_assigned(still: &mut Still, s: &str) {
    still.text = s; //~ -
}
fn e0382_last_element_by_both_names(table: [String; 3]) {
    let [.., last] = table;
    let [_, _, third] = table; //~ E0382
}
fn e0382_within_a_moved_middle(table: [String; 4]) {
    let [_, middle @ .., _] = table;
    let [.., third, _] = table; //~ E0382
}
fn e0499_the_same_last_element(table: &mut [String; 3]) {
    let [.., last] = table;
    let [_, _, third] = table; //~ E0499
    last.push('a');
    third.push('b');
}
fn e0499_an_element_of_a_borrowed_middle(table: &mut [String; 4]) {
    let [_, middle @ .., _] = table;
    let [.., third, _] = table; //~ E0499
    middle[0].push('a');
    third.push('b');
}
fn e0382_a_test_of_what_is_gone(held: Option<String>) -> bool {
    drop(held);
    match held { //~ E0382
        Some(_) => true,
        None => false,
    }
}
fn e0381_a_part_by_let() -> i32 {
    let pair: (i32, i32);
    let (first, _) = pair; //~ E0381
    first
}
fn e0730_a_length_that_is_not_known<const N: usize>(values: [i32; N]) -> i32 {
    let [first, ..] = values; //~ E0730
    first
}
fn e0597_a_let_that_says_static() -> usize {
    let text = String::from("a");
    let part: &'static str = &text; //~ E0597
    part.len()
}
fn e0597_a_let_that_says_a_list_of_static() {
    let text = String::from("a");
    let kept: Option<&'static str> = Some(&text); //~ E0597
    let _ = kept;
}
fn e0597_a_let_that_names_the_functions_lifetime<'a>() {
    let mut list: Vec<&'a str> = vec![];
    let text = String::new();
    list.push(&text); //~ E0597
}
fn e0597_a_let_of_a_pair_that_names_a_lifetime<'a>() {
    let text = String::new();
    let (_part, _number): (&'a str, i32) = (&text, 1); //~ E0597
}
fn e0597_a_let_without_value_that_says_static() {
    let text = String::new();
    let part: &'static str;
    part = &text; //~ E0597
    let _ = part;
}
fn e0621_a_let_that_names_a_lifetime<'a>(one: &str, other: &'a str) -> usize {
    let part: &'a str = one; //~ E0621
    part.len() + other.len()
}
fn e0502_an_index_from_the_length() {
    let mut list = vec![1, 2];
    list[list.len() - 1] = 2; //~ E0502
}

fn static_behind_a_reference_promises_nothing_of_others<'a>(_: &'a &'static i32, text: &String) -> &'a String {
    text //~ E0621
}

fn reference_that_a_closure_is_given_is_no_mutable_one() {
    let given = |text: &String| {
        let again = &mut *text; //~ E0596
    };
}

trait LendsOwn<'a> {
    type Out;
    fn lend(&'a mut self) -> Self::Out;
}

fn lifetime_that_only_a_bound_names_hides_no_loan<T: for<'x> LendsOwn<'x, Out = &'x mut String>>(mut lender: T) {
    let mut number = 1;
    let one = &mut number;
    let other = &mut number; //~ E0499
    *one = 2;
    lender.lend();
}

fn main() {}
