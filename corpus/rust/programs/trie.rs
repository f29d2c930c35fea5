#[derive(Default)]
struct Trie {
    children: Vec<(char, Trie)>,
    word: bool,
}

impl Trie {
    fn insert(&mut self, text: &str) {
        let mut node = self;
        for c in text.chars() {
            let place = match node.children.iter().position(|(known, _)| *known == c) {
                Some(place) => place,
                None => {
                    node.children.push((c, Trie::default()));
                    node.children.len() - 1
                }
            };
            node = &mut node.children[place].1;
        }
        node.word = true;
    }

    fn find(&self, text: &str) -> Option<&Trie> {
        let mut node = self;
        for c in text.chars() {
            node = &node.children.iter().find(|(known, _)| *known == c)?.1;
        }
        Some(node)
    }

    fn words(&self, prefix: &mut String, out: &mut Vec<String>) {
        if self.word {
            out.push(prefix.clone());
        }
        for (c, child) in &self.children {
            prefix.push(*c);
            child.words(prefix, out);
            prefix.pop();
        }
    }
}

fn main() {
    let mut trie = Trie::default();
    for word in ["car", "card", "care", "cat", "dog", "do", "über"] {
        trie.insert(word);
    }
    for prefix in ["car", "do", "x", "ü"] {
        let mut out = Vec::new();
        if let Some(node) = trie.find(prefix) {
            node.words(&mut prefix.to_string(), &mut out);
        }
        println!("{}: {:?}", prefix, out);
    }
    println!("{} {}", trie.find("ca").is_some(), trie.find("ca").map_or(false, |t| t.word));
}
