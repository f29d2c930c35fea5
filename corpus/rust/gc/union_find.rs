// The twin of programs/union_find.rs.
#![wasm::gc]

struct Sets {
    parent: GcArray<usize>,
    size: GcArray<usize>,
}

impl Sets {
    fn new(count: usize) -> Sets {
        Sets { parent: (0..count).collect(), size: GcArray::filled(1, count) }
    }

    fn root(self, mut item: usize) -> usize {
        while self.parent[item] != item {
            self.parent[item] = self.parent[self.parent[item]];
            item = self.parent[item];
        }
        item
    }

    fn join(self, a: usize, b: usize) -> bool {
        let (mut a, mut b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        if self.size[a] < self.size[b] {
            std::mem::swap(&mut a, &mut b);
        }
        self.parent[b] = a;
        self.size[a] += self.size[b];
        true
    }
}

fn main() {
    // Kruskal's minimum spanning tree.
    let edges = GcArray::from([(7, 0, 1), (5, 1, 2), (8, 0, 3), (9, 1, 3), (7, 1, 4), (5, 2, 4), (15, 3, 4), (6, 3, 5), (8, 4, 5), (9, 4, 6), (11, 5, 6)]);
    edges.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    let sets = Sets::new(7);
    let mut total = 0;
    for (cost, a, b) in edges {
        if sets.join(a, b) {
            total += cost;
            println!("{} - {} ({})", a, b, cost);
        }
    }
    println!("total {}", total);
}
