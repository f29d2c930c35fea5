// The twin of programs/huffman.rs, mixed: the tree is of the collector, the tables are owned.
use std::collections::BTreeMap;

#[wasm::gc]
enum Node {
    Leaf(char),
    Pair(Node, Node),
}

fn counts(text: &str) -> GcArray<(usize, usize, Node)> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let nodes = GcArray::new();
    for (order, (c, count)) in counts.into_iter().enumerate() {
        nodes.push((count, order, Node::Leaf(c)));
    }
    nodes
}

#[wasm::gc]
fn build(nodes: GcArray<(usize, usize, Node)>) -> Option<Node> {
    let mut order = nodes.len();
    while nodes.len() > 1 {
        nodes.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)));
        let (n1, _, first) = nodes.pop()?;
        let (n2, _, second) = nodes.pop()?;
        nodes.push((n1 + n2, order, Node::Pair(first, second)));
        order += 1;
    }
    nodes.pop().map(|(_, _, node)| node)
}

fn codes(node: Node, prefix: String, out: &mut BTreeMap<char, String>) {
    match node {
        Node::Leaf(c) => {
            out.insert(c, if prefix.is_empty() { "0".to_string() } else { prefix });
        }
        Node::Pair(left, right) => {
            codes(left, format!("{}0", prefix), out);
            codes(right, prefix + "1", out);
        }
    }
}

#[wasm::gc]
fn decode(root: Node, bits: &str) -> GcString {
    let out = GcArray::new();
    let mut node = root;
    for bit in bits.chars() {
        if let Node::Pair(left, right) = node {
            node = if bit == '0' { left } else { right };
        }
        if let Node::Leaf(c) = node {
            out.push(c);
            node = root;
        }
    }
    out.iter().collect()
}

fn main() {
    let text = "she sells sea shells by the sea shore";
    let root = build(counts(text)).unwrap();
    let mut table = BTreeMap::new();
    codes(root, String::new(), &mut table);
    let bits: String = text.chars().map(|c| table[&c].clone()).collect();
    println!("{} characters, {} bits", text.len(), bits.len());
    println!("{}", decode(root, &bits) == text);
    let shortest = table.values().map(|code| code.len()).min();
    println!("{:?} {}", shortest, table.len());
}
