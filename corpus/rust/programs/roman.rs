const NUMERALS: [(u32, &str); 13] = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
    (5, "V"), (4, "IV"), (1, "I"),
];

fn to_roman(mut n: u32) -> String {
    let mut out = String::new();
    for &(value, text) in NUMERALS.iter() {
        while n >= value {
            out += text;
            n -= value;
        }
    }
    out
}

fn from_roman(text: &str) -> Option<u32> {
    let value = |c| {
        Some(match c {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            'D' => 500,
            'M' => 1000,
            _ => return None,
        })
    };
    let mut total = 0;
    let mut previous = 0;
    for c in text.chars().rev() {
        let current = value(c)?;
        if current < previous {
            total -= current;
        } else {
            total += current;
            previous = current;
        }
    }
    Some(total)
}

fn main() {
    for n in [1, 4, 9, 14, 40, 90, 400, 1994, 2026, 3999] {
        println!("{} {}", n, to_roman(n));
    }
    println!("{}", (1..4000).all(|n| from_roman(&to_roman(n)) == Some(n)));
    println!("{:?}", from_roman("ABC"));
}
