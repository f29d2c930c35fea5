fn word(n: u32) -> String {
    match (n % 3, n % 5) {
        (0, 0) => "FizzBuzz".to_string(),
        (0, _) => String::from("Fizz"),
        (_, 0) => String::from("Buzz"),
        _ => n.to_string(),
    }
}

fn main() {
    let mut line = String::new();
    for n in 1..=30 {
        if n > 1 {
            line.push(' ');
        }
        line.push_str(&word(n));
    }
    println!("{}", line);
}
