const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = 0u32;
        for i in 0..3 {
            word = word << 8 | if i < chunk.len() { chunk[i] as u32 } else { 0 };
        }
        for i in 0..4 {
            if i > chunk.len() {
                out.push('=');
            } else {
                out.push(ALPHABET[(word >> (18 - 6 * i) & 63) as usize] as char);
            }
        }
    }
    out
}

#[derive(Debug, PartialEq)]
enum DecodeError {
    Length(usize),
    Character(char),
}

fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    if text.len() % 4 != 0 {
        return Err(DecodeError::Length(text.len()));
    }
    let mut out = Vec::new();
    let mut word = 0u32;
    let mut bits = 0;
    for character in text.chars() {
        if character == '=' {
            break;
        }
        let value = match character {
            'A'..='Z' => character as u32 - 'A' as u32,
            'a'..='z' => character as u32 - 'a' as u32 + 26,
            '0'..='9' => character as u32 - '0' as u32 + 52,
            '+' => 62,
            '/' => 63,
            other => return Err(DecodeError::Character(other)),
        };
        word = word << 6 | value;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    Ok(out)
}

fn main() {
    for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
        let encoded = encode(text.as_bytes());
        println!("{:?} {:?} {}", text, encoded, decode(&encoded).unwrap() == text.as_bytes());
    }
    println!("{:?}", decode("abc"));
    println!("{:?}", decode("ab*d"));
}
