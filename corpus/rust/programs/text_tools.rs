fn is_palindrome(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    letters.iter().eq(letters.iter().rev())
}

fn anagrams(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(a) == sorted(b)
}

fn title(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            let mut characters = word.chars();
            match characters.next() {
                Some(first) => first.to_uppercase().collect::<String>() + characters.as_str(),
                None => String::new(),
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.len() + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

fn main() {
    println!("{} {}", is_palindrome("A man, a plan, a canal: Panama"), is_palindrome("no"));
    println!("{} {}", anagrams("listen", "silent"), anagrams("a", "ab"));
    println!("{}", title("the rust programming language"));
    for line in wrap("the quick brown fox jumps over the lazy dog", 12) {
        println!("|{:<12}|", line);
    }
    let text = "naïve café";
    println!("{} {} {:?}", text.len(), text.chars().count(), text.find('f'));
    println!("{} | {} | {}", text.to_uppercase(), text.replace("é", "e"), &text[7..]);
    println!("{:?}", "a=1;b=2;;c".split(';').map(|p| p.split_once('=')).collect::<Vec<_>>());
    println!("{:?} {:?}", " x ".trim(), "xxabxx".trim_matches('x'));
    println!("{:>6}|{:^7}|{:*<5}|{:+}|{:05.1}|{:#?}", "ab", "mid", 'c', 7, 3.14159, (1, "x"));
    println!("{}", "abc" < "abd" && "Zebra" < "apple");
    for (i, c) in "añb".char_indices() {
        print!("{}:{} ", i, c as u32);
    }
    println!();
}
