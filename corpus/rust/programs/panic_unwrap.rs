fn parse(text: &str) -> Option<u32> {
    let mut value = 0u32;
    for c in text.chars() {
        value = value.checked_mul(10)?.checked_add(c.to_digit(10)?)?;
    }
    Some(value)
}

fn main() {
    println!("{}", parse("123").unwrap());
    println!("{}", parse("99999999999").is_none());
    let value: Result<u32, String> = parse("12a").ok_or_else(|| "not a number".to_string());
    println!("{}", value.unwrap());
}
