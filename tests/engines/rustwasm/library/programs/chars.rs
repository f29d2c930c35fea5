fn main() {
    let c = 'ß';
    println!("{} {} {} {}", c.len_utf8(), c as u32, c.is_alphabetic(), c.is_uppercase());
    for c in ['a', 'Z', '5', ' ', '_', '\n', 'é', '中', '!'] {
        println!("{:?} {} {} {} {} {} {} {} {}", c, c.is_alphabetic(), c.is_numeric(), c.is_alphanumeric(), c.is_whitespace(), c.is_uppercase(), c.is_lowercase(), c.is_ascii_punctuation(), c.is_control());
        println!("{} {} {} {} {} {}", c.is_ascii(), c.is_ascii_digit(), c.is_ascii_alphabetic(), c.is_ascii_hexdigit(), c.is_ascii_graphic(), c.is_ascii_uppercase());
    }
    println!("{:?} {:?} {:?} {:?}", '7'.to_digit(10), 'f'.to_digit(16), 'g'.to_digit(16), 'z'.to_digit(36));
    println!("{:?} {:?} {:?}", std::char::from_digit(7, 10), char::from_digit(11, 16), char::from_u32(0x41));
    println!("{:?} {:?}", char::from_u32(0xd800), char::from(65u8));
    println!("{} {}", 'a'.to_ascii_uppercase(), 'Q'.to_ascii_lowercase());
    println!("{} {}", 'a'.to_uppercase(), 'Q'.to_lowercase());
    println!("{:?}", ('a'..='e').collect::<String>());
    println!("{:?}", ('a'..'e').rev().collect::<Vec<char>>());
    println!("{}", (b'a' + 3) as char);
    println!("{} {}", 'a' < 'b', 'x'.max('y'));
    println!("{} {} {}", b'a'.is_ascii_lowercase(), b'7'.is_ascii_digit(), b'x'.to_ascii_uppercase() as char);
    let mut buffer = [0; 4];
    println!("{} {:?}", '中'.encode_utf8(&mut buffer), '中'.len_utf8());
    println!("{:?}", "x".parse::<char>());
    println!("{}", 'a'.eq_ignore_ascii_case(&'A'));
    println!("{:?}", u8::try_from('a'));
    println!("{}", '\u{1F600}'.len_utf16());
}
