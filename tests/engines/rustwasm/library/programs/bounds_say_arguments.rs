trait Put<T> { fn put(&mut self, t: T) -> usize; }
impl<T: AsRef<str>> Put<T> for Vec<String> {
    fn put(&mut self, t: T) -> usize { self.push(t.as_ref().to_string()); self.len() }
}
fn fill<X: for<'a> Put<&'a str>>(x: &mut X) -> usize { let text = String::from("q"); x.put(&text) }
fn both<X: for<'a> Put<&'a str> + Put<char>>(x: &mut X) -> usize { x.put("a") + x.put('b') }
struct Ends(Vec<String>);
impl<'a> Put<&'a str> for Ends { fn put(&mut self, t: &'a str) -> usize { self.0.push(t.to_string()); 1 } }
impl Put<char> for Ends { fn put(&mut self, t: char) -> usize { self.0.push(t.to_string()); 2 } }

static mut KEPT: &'static mut i32 = &mut 1;

fn half(c: char) -> u8 {
    match c { '\0'..='\u{d7ff}' => 1, '\u{e000}'..='\u{10ffff}' => 2 }
}
struct Loud(&'static str);
impl Drop for Loud { fn drop(&mut self) { println!("drop {}", self.0); } }
fn main() {
    let mut texts = Vec::new();
    println!("{} {}", fill(&mut texts), texts[0]);
    println!("{}", both(&mut Ends(vec![])));
    println!("{} {}", half('a'), half('\u{e000}'));
    if Loud("condition").0 == "condition" {
        Loud("body").0
    } else {
        "never"
    };
    println!("end");
}
