fn encode(text: &str) -> Vec<(char, usize)> {
    let mut out: Vec<(char, usize)> = Vec::new();
    for c in text.chars() {
        match out.last_mut() {
            Some((last, count)) if *last == c => *count += 1,
            _ => out.push((c, 1)),
        }
    }
    out
}

fn decode(runs: &[(char, usize)]) -> String {
    runs.iter().map(|&(c, count)| c.to_string().repeat(count)).collect()
}

fn main() {
    for text in ["aaabccd", "", "x", "ééé"] {
        let runs = encode(text);
        println!("{:?} {}", runs, decode(&runs) == text);
    }
}
