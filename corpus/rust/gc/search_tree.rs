// The twin of programs/search_tree.rs: subtrees are shared, nothing is moved.
#![wasm::gc]

#[derive(Debug)]
enum Tree<K: Ord, V> {
    Leaf,
    Node(Tree<K, V>, K, V, Tree<K, V>),
}

impl<K: Ord, V> Tree<K, V> {
    fn insert(self, key: K, value: V) -> Tree<K, V> {
        match self {
            Tree::Leaf => Tree::Node(Tree::Leaf, key, value, Tree::Leaf),
            Tree::Node(left, k, v, right) => {
                if key < k {
                    Tree::Node(left.insert(key, value), k, v, right)
                } else if key > k {
                    Tree::Node(left, k, v, right.insert(key, value))
                } else {
                    Tree::Node(left, k, value, right)
                }
            }
        }
    }

    fn get(self, key: K) -> Option<V> {
        match self {
            Tree::Leaf => None,
            Tree::Node(left, k, v, right) => {
                if key == k {
                    Some(v)
                } else if key < k {
                    left.get(key)
                } else {
                    right.get(key)
                }
            }
        }
    }

    fn depth(self) -> usize {
        match self {
            Tree::Leaf => 0,
            Tree::Node(left, _, _, right) => 1 + left.depth().max(right.depth()),
        }
    }

    fn visit<F: FnMut(K, V)>(self, action: &mut F) {
        if let Tree::Node(left, k, v, right) = self {
            left.visit(action);
            action(k, v);
            right.visit(action);
        }
    }
}

fn main() {
    let mut tree = Tree::Leaf;
    for (i, word) in "the quick brown fox jumps over the lazy dog".split(' ').enumerate() {
        tree = tree.insert(GcString::from(word), i);
    }
    println!("{:?} {:?}", tree.get("the".into()), tree.get("cat".into()));
    println!("depth {}", tree.depth());
    let line = GcArray::new();
    tree.visit(&mut |k, v| line.push(GcString::from(format!("{}={}", k, v))));
    let mut text = GcString::new();
    for part in line {
        if !text.is_empty() {
            text += " ";
        }
        text += part;
    }
    println!("{}", text);
}
