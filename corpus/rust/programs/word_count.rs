use std::collections::HashMap;

const TEXT: &str = "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in
want of a wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood,
this truth is so well fixed in the minds of the surrounding families, that he is considered the rightful property of
some one or other of their daughters.";

fn main() {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in TEXT.split(|c: char| !c.is_alphabetic()) {
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_insert(0) += 1;
        }
    }
    let mut sorted: Vec<(&String, &usize)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    println!("{} words, {} different", counts.values().sum::<usize>(), counts.len());
    for (word, count) in sorted.iter().take(6) {
        println!("{:<8}{:>3}", word, count);
    }
}
