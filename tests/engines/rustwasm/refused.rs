//= E0267 1 E0767 1
fn main() { 'l: loop { || { break 'l }; } }
//= E0572 1
const FOO: u32 = return 0;

fn main() {}
//= E0572 1
const F: u32 = return 0;
fn main() {}
//= E0572 1
static F: [i32; { return 1; 1 }] = [0];
fn main() {}
//= E0590 2
fn main() {
while break {}
}
//= E0590 1
fn main() { while break {} }
//= E0590 1
fn main() { while { break; true } {} }
//= E0601 1
fn f() {}
//= E0695 4
fn main() {
loop {
    'a: {
        break;
    }
}
}
//= E0695 3 E0695 14 E0696 8
fn continue_simple() {
    'b: {
        continue;
    }
}
fn continue_labeled() {
    'b: {
        continue 'b;
    }
}
fn continue_crossing() {
    loop {
        'b: {
            continue;
        }
    }
}
fn main() {}
//= E0695 1
fn main() { loop { 'a: { break; } } }
//= E0695 1
fn main() { loop { 'a: { continue; } } }
//= E0696 1
fn main() { 'a: { continue 'a; } }
//= E0748 1
let dolphins = r##"Dolphins!"#;
fn main() {}
//= E0748 1
fn main() { let s = r#"abc"; }
//= E0748 1
fn main() { let s = r##"abc"#; }
//= E0762 1
static C: char = '●;
fn main() {}
//= E0762 1
fn main() { let c = '; }
//= E0763 1
let c = b'a;
fn main() {}
//= E0763 1
fn main() { let c = b'a; }
//= E0765 1
let s = ";
fn main() {}
//= E0765 1
fn main() { println!("; }
//= E0766 1
let s = b";
fn main() {}
//= E0766 1
fn main() { let s = b"; }
//= E0767 4
fn main() {
'a: loop {
    || {
        loop { break 'a }
    };
}
}
//= E0767 1
fn main() { 'l: loop { || { loop { break 'l } }; } }
//= E0768 2
fn main() {
let s: i32 = 0b;
}
//= E0768 1
fn main() { let x: i32 = 0x; }
//= E0768 1
fn main() { let x: i32 = 0b; }
//= E0768 1
fn main() { let x: i32 = 0o_; }
//= none 2
const _: i32 = 1; const _: i32 = 2;
static _: i32 = 1;
fn main() {}
//= none 2
fn _f() {}
fn _() {}
fn main() {}
//= none 1
fn main() { let x = 'ab'; }
//= none 1
fn main() { let x = ''; }
//= none 1
fn main() {
//= none 1
fn main() { let x = do { 1 }; }
//= none 1
fn abstract() {}
fn main() {}
