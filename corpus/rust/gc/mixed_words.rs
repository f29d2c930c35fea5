// Mixed modes: owned tables count, a shared tree indexes; every crossing is written out.
use std::collections::HashMap;

#[wasm::gc]
struct Index {
    root: Option<Entry>,
    size: usize,
}

#[wasm::gc]
struct Entry {
    word: GcString,
    count: usize,
    left: Option<Entry>,
    right: Option<Entry>,
}

#[wasm::gc]
impl Index {
    fn add(self, word: GcString, count: usize) {
        self.size += 1;
        let entry = Entry { word, count, left: None, right: None };
        let mut at = match self.root {
            Some(root) => root,
            None => {
                self.root = Some(entry);
                return;
            }
        };
        loop {
            let next = if word < at.word { at.left } else { at.right };
            match next {
                Some(child) => at = child,
                None if word < at.word => {
                    at.left = Some(entry);
                    return;
                }
                None => {
                    at.right = Some(entry);
                    return;
                }
            }
        }
    }

    fn walk(self) -> GcArray<(GcString, usize)> {
        let out = GcArray::new();
        collect(self.root, out);
        out
    }
}

#[wasm::gc]
fn collect(entry: Option<Entry>, out: GcArray<(GcString, usize)>) {
    if let Some(entry) = entry {
        collect(entry.left, out);
        out.push((entry.word, entry.count));
        collect(entry.right, out);
    }
}

fn counted(text: &str) -> Vec<(String, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut list: Vec<(String, usize)> = counts.into_iter().map(|(word, n)| (word.to_string(), n)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list
}

fn main() {
    let index = Index { root: None, size: 0 };
    for (word, count) in counted("a rose is a rose is a rose and a daisy is not") {
        index.add(GcString::from(word), count);
    }
    for (word, count) in index.walk() {
        println!("{:<6}{}", word, count);
    }
    let counts = index.walk().map(|(_, count)| count);
    let owned: Vec<usize> = counts.to_vec();
    println!("{} words, {} in all", index.size, owned.iter().sum::<usize>());
    let boxed: Box<usize> = GcBox::new(owned[0]).to_box();
    println!("{}", GcBox::from(boxed).map(|n| n * 100));
}
