//--- vec_field
#[wasm::gc]
struct Node { items: Vec<i32> } //~ GC001
fn main() {}
//--- string_in_option_field
#[wasm::gc]
enum Name { Known(Option<String>), Unknown } //~ GC001
fn main() {}
//--- box_field
#[wasm::gc]
struct Tree { left: Option<Box<i32>> } //~ GC001
fn main() {}
//--- rc_field
#[wasm::gc]
struct Tree { shared: std::rc::Rc<std::cell::RefCell<i32>> } //~ GC001
fn main() {}
//--- owning_struct_field
struct Owner { text: String }
#[wasm::gc]
struct Holder { owner: Owner } //~ GC001
fn main() {}
//--- cell_field
#[wasm::gc]
struct Counter { count: std::cell::Cell<i32> } //~ GC001
fn main() {}
//--- map_field
use std::collections::HashMap;
#[wasm::gc]
struct Table {
    rows: HashMap<i32, i32>, //~ GC001
}
fn main() {}
//--- boxed_closure_field
#[wasm::gc]
struct Callback { f: Box<dyn Fn(i32) -> i32> } //~ GC001
fn main() {}
//--- reference_field
#[wasm::gc]
struct Word<'a> { text: &'a str } //~ GC002
fn main() {}
//--- slice_field
#[wasm::gc]
struct Part<'a> { items: Option<&'a [i32]> } //~ GC002
fn main() {}
//--- gc_in_ownership_struct
#[wasm::gc]
struct Node { value: i32 }
struct Owner { node: Node } //~ GC003
fn main() {}
//--- gc_in_ownership_enum
struct Pair { left: i32, right: i32 }
enum Choice { Text(GcString), Number(i32) } //~ GC003
fn main() {}
//--- gc_in_vec_field
struct Owner { names: Vec<GcString> } //~ GC003
fn main() {}
//--- vec_of_gc_variable
#[wasm::gc]
struct Node { value: i32 }
fn main() {
    let nodes = vec![Node { value: 1 }]; //~ GC003
    println!("{}", nodes.len());
}
//--- box_of_gc
fn main() {
    let boxed = Box::new(GcArray::from([1])); //~ GC003
    println!("{}", boxed.len());
}
//--- rc_of_gc_parameter
fn take(shared: std::rc::Rc<GcString>) -> usize { shared.len() } //~ GC003
fn main() {}
//--- user_generic_of_gc
struct Wrapper<T> { inner: T }
#[wasm::gc]
struct Node { value: i32 }
fn main() {
    let w = Wrapper { inner: Node { value: 1 } }; //~ GC003
    println!("{}", w.inner.value);
}
//--- boxed_closure_holds_gc
fn main() {
    let a = GcArray::from([1, 2]);
    let f: Box<dyn Fn(usize) -> i32> = Box::new(move |i| a[i]); //~ GC003
    println!("{}", f(0));
}
//--- static_gc
static NAME: Option<GcString> = None; //~ GC003
fn main() {}
//--- vec_variable_in_gc_function
#[wasm::gc]
fn sum() -> i32 {
    let items = vec![1, 2, 3]; //~ GC004
    items.iter().sum()
}
fn main() { println!("{}", sum()); }
//--- string_parameter
#[wasm::gc]
fn length(text: String) -> usize { text.len() } //~ GC004
fn main() {}
//--- reference_to_vec_parameter
#[wasm::gc]
fn length(items: &mut Vec<i32>) -> usize { items.len() } //~ GC004
fn main() {}
//--- owning_result
#[wasm::gc]
fn make() -> Option<String> { None } //~ GC004
fn main() {}
//--- owning_self
struct Owner { text: String }
#[wasm::gc]
impl Owner {
    fn length(&self) -> usize { self.text.len() } //~ GC004
}
fn main() {}
//--- pattern_binds_owner
#[wasm::gc]
fn f() -> usize {
    match Some(String::from("a")) {
        Some(text) => text.len(), //~ GC004
        None => 0,
    }
}
fn main() { f(); }
//--- module_mode
#[wasm::gc]
mod shapes {
    pub fn names() -> usize {
        let names = vec!["a"]; //~ GC004
        names.len()
    }
}
fn main() { shapes::names(); }
//--- crate_mode
#![wasm::gc]
struct Node { items: Vec<i32> } //~ GC001
fn main() {}
//--- array_of_vec
fn main() {
    let rows: GcArray<Vec<i32>> = GcArray::new(); //~ GC005
    println!("{}", rows.len());
}
//--- array_of_references
#[wasm::gc]
fn first(words: GcArray<&str>) -> usize { words.len() } //~ GC005
fn main() {}
//--- box_of_cell
fn main() {
    let cell = GcBox::new(std::cell::Cell::new(1)); //~ GC005
    println!("{}", cell.get().get());
}
//--- user_type_of_string
#[wasm::gc]
struct Holder<T> { inner: T }
fn take(h: Holder<String>) {} //~ GC005
fn main() {}
//--- closure_with_reference_kept
fn main() {
    let n = 1;
    let f = GcBox::new(|| n + 1); //~ GC005
    println!("{}", (*f)());
}
//--- drop_impl
#[wasm::gc]
struct Node { value: i32 }
impl Drop for Node {
    fn drop(&mut self) {} //~ GC006
}
fn main() {}
//--- derives_copy
#[wasm::gc] //~ GC006
#[derive(Clone, Copy)]
struct Node { value: i32 }
fn main() {}
//--- implements_copy
#[wasm::gc]
struct Node { value: i32 }
impl Copy for Node {} //~ GC006
fn main() {}
//--- reference_into_enum
enum Value { Whole(i64), Parts(i32, i32) }
#[wasm::gc]
fn confuse() -> i32 {
    let mut v = Value::Whole(1);
    if let Value::Whole(x) = &mut v { //~ GC007
        v = Value::Parts(1, 2);
        *x = -1;
    }
    0
}
fn main() { confuse(); }
//--- reference_out_of_enum
#[wasm::gc]
fn confuse() -> i32 {
    let mut r: Result<i32, GcString> = Ok(1);
    let view = r.as_ref(); //~ GC007
    r = Err("a".into());
    *view.unwrap()
}
fn main() { confuse(); }
//--- reference_into_shared_enum
enum Value { Whole(i64), Parts(i32, i32) }
#[wasm::gc]
struct Node { value: Value }
fn main() {
    let node = Node { value: Value::Whole(1) };
    if let Value::Whole(x) = &node.value { //~ GC007
        node.value = Value::Parts(1, 2);
        println!("{x}");
    }
}
//--- kept_reference_to_a_field
#[wasm::gc]
struct Node { value: i32 }
fn main() {
    let node = Node { value: 1 };
    let view = &node.value; //~ GC007
    node.value = 2;
    println!("{view}");
}
//--- kept_reference_by_match
#[wasm::gc]
struct Node { value: i32, next: Option<Node> }
#[wasm::gc]
fn second(node: Node) -> i32 {
    match &node.next {
        Some(next) => next.value, //~ GC007
        None => 0,
    }
}
fn main() {}
//--- shared_reference_to_an_own_variable
#[wasm::gc]
fn f() -> i32 {
    let mut x = 1;
    let view = &x;
    x = 2; //~ E0506
    *view
}
fn main() { f(); }
//--- shared_capture_of_an_own_variable
#[wasm::gc]
fn f() -> i32 {
    let mut x = 1;
    let view = || x + 1;
    x = 2; //~ E0506
    view()
}
fn main() { f(); }
//--- owning_argument_of_generic
#[wasm::gc]
fn twice<T>(value: T) -> (T, T) { (value, value) }
fn main() {
    let pair = twice(String::from("a")); //~ GC008
    println!("{}", pair.0);
}
//--- owning_capture
fn main() {
    let items = vec![1, 2];
    let a = GcArray::from([0, 1]);
    let b = a.map(move |i: usize| items[i]); //~ GC008
    println!("{:?}", b);
}
//--- owning_elements
fn main() {
    let a = GcArray::from([0, 1]);
    let b = a.map(|i| i.to_string()); //~ GC005
    println!("{:?}", b.len());
}
//--- implicit_vec
fn main() {
    let a: GcArray<i32> = vec![1]; //~ GC009
    println!("{:?}", a);
}
//--- implicit_string
#[wasm::gc]
fn greet(name: GcString) -> GcString { name }
fn main() {
    greet(String::from("a")); //~ GC009
}
//--- implicit_text
#[wasm::gc]
fn greet(name: GcString) -> GcString { name }
fn main() {
    greet("a"); //~ GC009
}
//--- implicit_back
fn length(items: Vec<i32>) -> usize { items.len() }
fn main() {
    length(GcArray::from([1])); //~ GC009
}
//--- implicit_box
fn main() {
    let a: GcBox<i32> = Box::new(1); //~ GC009
    println!("{a}");
}
//--- implicit_slice
fn sum(items: &[i32]) -> i32 { items.iter().sum() }
fn main() {
    sum(GcArray::from([1])); //~ GC009
}
//--- attribute_arguments
#[wasm::gc(fast)] //~ GC010
fn f() {}
fn main() {}
//--- attribute_contradiction
#[wasm::gc]
#[wasm::linear] //~ GC010
struct Node { value: i32 }
fn main() {}
//--- attribute_unknown
#[wasm::collected] //~ GC010
struct Node { value: i32 }
fn main() {}
//--- still_typed
#[wasm::gc]
fn f() -> i32 { "a" } //~ E0308
fn main() { f(); }
//--- still_initialised
#[wasm::gc]
fn f() -> i32 {
    let x: i32;
    x //~ E0381
}
fn main() { f(); }
//--- still_immutable
#[wasm::gc]
fn f() -> i32 {
    let x = 1;
    x = 2; //~ E0384
    x
}
fn main() { f(); }
//--- still_no_mutable_borrow_of_immutable
#[wasm::gc]
fn f() -> i32 {
    let x = 1;
    let y = &mut x; //~ E0596
    *y = 2;
    x
}
fn main() { f(); }
//--- no_dangling_result
#[wasm::gc]
fn f() -> &'static i32 {
    let x = 1;
    &x //~ E0515
}
fn main() { f(); }
//--- no_dangling_field
#[wasm::gc]
struct Word { text: &'static str }
#[wasm::gc]
fn f(text: &str) -> Word { Word { text } } //~ lifetime
fn main() { f("a"); }
//--- no_dangling_temporary
#[wasm::gc]
fn f() -> usize {
    let text = String::from("a").as_str(); //~ E0716
    text.len()
}
fn main() { f(); }
//--- ownership_functions_are_checked
#[wasm::gc]
struct Node { value: i32 }
fn main() {
    let node = Node { value: 1 };
    let text = String::from("a");
    let moved = text;
    println!("{} {}", node.value, text); //~ E0382
    println!("{moved}");
}
//--- trait_method_of_its_own_type
trait Twice { fn twice<T>(&self, value: T) -> (T, T); }
#[wasm::gc]
struct Node { value: i32 }
#[wasm::gc]
impl Twice for Node {
    fn twice<T>(&self, value: T) -> (T, T) { (value, value) } //~ E0382
}
fn main() {}
//--- mutable_reference_to_a_variable_of_the_last_round
#[wasm::gc]
fn main() {
    let mut y = 1; let mut r = &mut y;
    let mut i = 0;
    while i < 2 { let mut x = 10; println!("{}", *r); r = &mut x; *r += 1; i += 1; } //~ E0597
    *r = 2;
    println!("{}", y);
}
//--- shared_parameter_that_leads_to_an_ended_variable
#[wasm::gc]
fn f(mut r: &i32) -> i32 { { let x = 1; r = &x; } *r } //~ E0597
fn main() { f(&3); }
//--- mutable_parameter_that_leads_to_an_ended_variable
#[wasm::gc]
fn f<'a>(mut r: &'a mut i32) -> i32 { { let mut x = 1; r = &mut x; } *r } //~ E0597
fn main() { f(&mut 3); }
//--- closure_that_changes_an_ended_variable
#[wasm::gc]
fn f() -> i32 { let mut g = { let mut x = 1; || { x += 1; x } }; g() } //~ E0597
fn main() { f(); }
//--- field_that_leads_to_an_ended_variable
struct S<'a> { r: &'a mut i32 }
#[wasm::gc]
fn f() -> i32 { let mut y = 1; let mut s = S { r: &mut y }; { let mut x = 1; s.r = &mut x; } *s.r = 2; y } //~ E0597
fn main() { f(); }
//--- option_of_a_reference_to_an_ended_variable
#[wasm::gc]
fn f() -> i32 { let mut o = None; { let mut x = 1; o = Some(&mut x); } if let Some(r) = o { *r } else { 1 } } //~ E0597
fn main() { f(); }
