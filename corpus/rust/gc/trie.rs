// The twin of programs/trie.rs.
#![wasm::gc]

#[derive(Default)]
struct Trie {
    children: GcArray<(char, Trie)>,
    word: bool,
}

impl Trie {
    fn insert(self, text: &str) {
        let mut node = self;
        for c in text.chars() {
            node = match node.children.find(|(known, _)| known == c) {
                Some((_, child)) => child,
                None => {
                    let child = Trie::default();
                    node.children.push((c, child));
                    child
                }
            };
        }
        node.word = true;
    }

    fn find(self, text: &str) -> Option<Trie> {
        let mut node = self;
        for c in text.chars() {
            node = node.children.find(|(known, _)| known == c)?.1;
        }
        Some(node)
    }

    fn words(self, prefix: GcString, out: GcArray<GcString>) {
        if self.word {
            out.push(prefix);
        }
        for (c, child) in self.children {
            child.words(prefix + GcString::from(c), out);
        }
    }
}

fn main() {
    let trie = Trie::default();
    for word in ["car", "card", "care", "cat", "dog", "do", "über"] {
        trie.insert(word);
    }
    for prefix in ["car", "do", "x", "ü"] {
        let out = GcArray::new();
        if let Some(node) = trie.find(prefix) {
            node.words(prefix.into(), out);
        }
        println!("{}: {:?}", prefix, out);
    }
    println!("{} {}", trie.find("ca").is_some(), trie.find("ca").map_or(false, |t| t.word));
}
