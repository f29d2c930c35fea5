// Allocation-heavy: trees are made, counted and left to the collector.
#[wasm::gc]
struct Tree {
    left: Option<Tree>,
    right: Option<Tree>,
}

#[wasm::gc]
fn make(depth: u32) -> Tree {
    if depth == 0 {
        return Tree { left: None, right: None };
    }
    Tree { left: Some(make(depth - 1)), right: Some(make(depth - 1)) }
}

#[wasm::gc]
impl Tree {
    fn count(self) -> u32 {
        let mut total = 1;
        if let Some(left) = self.left {
            total += left.count();
        }
        if let Some(right) = self.right {
            total += right.count();
        }
        total
    }
}

fn main() {
    let most = 8;
    println!("stretch tree of depth {} check: {}", most + 1, make(most + 1).count());
    let long_lived = make(most);
    let mut depth = 4;
    while depth <= most {
        let iterations = 1 << (most - depth + 2);
        let mut check = 0;
        for _ in 0..iterations {
            check += make(depth).count();
        }
        println!("{} trees of depth {} check: {}", iterations, depth, check);
        depth += 2;
    }
    println!("long lived tree of depth {} check: {}", most, long_lived.count());
}
