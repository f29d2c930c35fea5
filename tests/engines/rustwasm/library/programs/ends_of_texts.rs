// What is at the beginning or end of a text is asked about once, and nothing further is looked at.
fn main() {
    for text in ["", "a", "äb", "bä", "ab", "aab", "𝄞x", "x𝄞", "é"] {
        let (mut first, mut last) = (0, 0);
        let before = text.starts_with(|c: char| { first += 1; c == 'b' });
        let behind = text.ends_with(|c: char| { last += 1; c == 'b' });
        println!("{text:?} {before} {first} {behind} {last}");
        println!("{:?} {:?} {:?}", text.strip_prefix('ä'), text.strip_prefix("a"), text.strip_prefix(""));
        println!("{:?} {:?} {:?}", text.strip_suffix('ä'), text.strip_suffix("ab"), text.strip_suffix(""));
        println!("{:?} {:?}", text.strip_prefix(['a', '𝄞']), text.strip_suffix(&['b', '𝄞'][..]));
        println!("{} {}", text.starts_with(&String::from("aa")), text.ends_with(&"abcdefg"));
        println!("{} {}", text.starts_with(char::is_alphabetic), text.ends_with("é"));
    }
}
