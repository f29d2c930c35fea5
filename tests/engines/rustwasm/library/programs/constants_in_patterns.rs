//! Constants in patterns: of references, of traits, of arrays and tuples; byte strings where arrays are matched.

trait Limits {
    const LOW: i32;
    const HIGH: i32 = 7;
    const YES: bool;
    const NAME: &'static str;
}
struct Small;
struct Large;
impl Limits for Small {
    const LOW: i32 = -3;
    const YES: bool = true;
    const NAME: &'static str = "small";
}
impl Limits for Large {
    const LOW: i32 = -300;
    const HIGH: i32 = 700;
    const YES: bool = false;
    const NAME: &'static str = "large";
}
impl Small {
    const PAIR: (i32, &'static str) = (4, "four");
    const THREE: [i32; 3] = [1, 2, 3];
}
const WORD: &str = "word";
const BYTES: &[u8; 2] = b"ab";
const ARRAY: [u8; 2] = *b"ab";
const PART: &[u8] = b"ab";
const MAYBE: Option<&str> = Some("x");
const NUMBER: &i32 = &5;

fn limit(n: i32) -> &'static str {
    match n {
        Small::LOW => "small low",
        <Small as Limits>::HIGH => "small high",
        Large::LOW..=-200 => "large low",
        <Large as Limits>::HIGH => "large high",
        _ => "other",
    }
}

fn named(name: &str) -> i32 {
    match name {
        WORD => 1,
        Small::NAME => 2,
        <Large as Limits>::NAME => 3,
        "other" => 4,
        _ => 5,
    }
}

fn answer(yes: bool) -> &'static str {
    match yes {
        Small::YES => "yes",
        Large::YES => "no",
    }
}

fn main() {
    for n in [-3, 7, -300, -250, 700, 8] {
        println!("{}", limit(n));
    }
    for name in ["word", "small", "large", "other", ""] {
        println!("{}", named(name));
    }
    println!("{} {}", answer(true), answer(false));
    println!("{} {}", matches!((4, "four"), Small::PAIR), matches!((4, "five"), Small::PAIR));
    println!("{} {}", matches!([1, 2, 3], Small::THREE), matches!([1, 2, 4], Small::THREE));
    for bytes in [b"ab", b"ac"] {
        println!("{} {}", matches!(bytes, BYTES), matches!(*bytes, ARRAY));
        println!("{} {}", matches!(&bytes[..], PART), matches!(bytes, b"ab"));
        println!("{}", match (bytes, 1) { (b"ac", 1) => "ac", (&[b'a', _], _) => "a", _ => "none" });
    }
    println!("{} {}", matches!(Some("x"), MAYBE), matches!(Some("y"), MAYBE));
    println!("{} {}", matches!(&5, NUMBER), matches!(&&6, &NUMBER));
    if let Some(WORD) = "a word".split(' ').nth(1) {
        println!("found");
    }
}
