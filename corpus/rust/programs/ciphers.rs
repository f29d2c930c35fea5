fn caesar(text: &str, shift: u8) -> String {
    text.chars()
        .map(|c| match c {
            'a'..='z' => ((c as u8 - b'a' + shift) % 26 + b'a') as char,
            'A'..='Z' => ((c as u8 - b'A' + shift) % 26 + b'A') as char,
            other => other,
        })
        .collect()
}

fn vigenere(text: &str, key: &str, decrypt: bool) -> String {
    let key: Vec<u8> = key.bytes().map(|b| b - b'a').collect();
    let mut out = String::with_capacity(text.len());
    let mut next = 0;
    for byte in text.bytes() {
        if byte.is_ascii_lowercase() {
            let shift = key[next % key.len()];
            let shift = if decrypt { 26 - shift } else { shift };
            out.push(((byte - b'a' + shift) % 26 + b'a') as char);
            next += 1;
        } else {
            out.push(byte as char);
        }
    }
    out
}

fn main() {
    let secret = caesar("Hello, World!", 3);
    println!("{} {}", secret, caesar(&secret, 23));
    let hidden = vigenere("attack at dawn", "lemon", false);
    println!("{} | {}", hidden, vigenere(&hidden, "lemon", true));
}
