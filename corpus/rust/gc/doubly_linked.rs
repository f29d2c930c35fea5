// A doubly linked list: every node is in a cycle with its neighbours, which ownership could not say.
#[wasm::gc]
struct Node {
    value: i32,
    before: Option<Node>,
    after: Option<Node>,
}

#[wasm::gc]
struct List {
    first: Option<Node>,
    last: Option<Node>,
    length: usize,
}

#[wasm::gc]
impl List {
    fn new() -> List {
        List { first: None, last: None, length: 0 }
    }

    fn push_back(self, value: i32) -> Node {
        let node = Node { value, before: self.last, after: None };
        match self.last {
            Some(last) => last.after = Some(node),
            None => self.first = Some(node),
        }
        self.last = Some(node);
        self.length += 1;
        node
    }

    fn push_front(self, value: i32) -> Node {
        let node = Node { value, before: None, after: self.first };
        match self.first {
            Some(first) => first.before = Some(node),
            None => self.last = Some(node),
        }
        self.first = Some(node);
        self.length += 1;
        node
    }

    fn remove(self, node: Node) {
        match node.before {
            Some(before) => before.after = node.after,
            None => self.first = node.after,
        }
        match node.after {
            Some(after) => after.before = node.before,
            None => self.last = node.before,
        }
        node.before = None;
        node.after = None;
        self.length -= 1;
    }

    fn forwards(self) -> GcArray<i32> {
        let out = GcArray::new();
        let mut at = self.first;
        while let Some(node) = at {
            out.push(node.value);
            at = node.after;
        }
        out
    }

    fn backwards(self) -> GcArray<i32> {
        let out = GcArray::new();
        let mut at = self.last;
        while let Some(node) = at {
            out.push(node.value);
            at = node.before;
        }
        out
    }
}

fn main() {
    let list = List::new();
    let nodes = GcArray::from_fn(6, |i| list.push_back(i as i32 * 10));
    list.push_front(-1);
    println!("{:?} {:?}", list.forwards(), list.backwards());
    list.remove(nodes[2]);
    list.remove(nodes[5]);
    list.remove(list.first.unwrap());
    println!("{:?} {:?} {}", list.forwards(), list.backwards(), list.length);
    nodes[3].value += 5;
    println!("{:?} {}", list.forwards(), nodes[2].after.is_none());
}
