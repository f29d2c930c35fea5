// The twin of programs/dijkstra.rs: nodes know their neighbours, so the graph is full of cycles.
#![wasm::gc]

struct Node {
    number: usize,
    edges: GcArray<(Node, u32)>,
    distance: Option<u32>,
    previous: Option<Node>,
    done: bool,
}

fn connect(a: Node, b: Node, cost: u32) {
    a.edges.push((b, cost));
    b.edges.push((a, cost));
}

fn shortest(nodes: GcArray<Node>, start: Node) {
    start.distance = Some(0);
    loop {
        let mut next: Option<(Node, u32)> = None;
        for node in nodes {
            if let (false, Some(d)) = (node.done, node.distance) {
                if next.map_or(true, |(_, best)| d < best) {
                    next = Some((node, d));
                }
            }
        }
        let Some((node, so_far)) = next else { break };
        node.done = true;
        for (to, cost) in node.edges {
            let candidate = so_far + cost;
            let better = match to.distance {
                None => true,
                Some(known) => candidate < known,
            };
            if better {
                to.distance = Some(candidate);
                to.previous = Some(node);
            }
        }
    }
}

fn main() {
    let nodes = GcArray::from_fn(7, |number| Node { number, edges: GcArray::new(), distance: None, previous: None, done: false });
    for (a, b, cost) in [(0, 1, 7), (0, 2, 9), (0, 5, 14), (1, 2, 10), (1, 3, 15), (2, 3, 11), (2, 5, 2), (3, 4, 6), (4, 5, 9)] {
        connect(nodes[a], nodes[b], cost);
    }
    shortest(nodes, nodes[0]);
    for node in nodes {
        match node.distance {
            None => println!("{}: unreachable", node.number),
            Some(d) => {
                let path = GcArray::from([node.number]);
                let mut at = node;
                while let Some(p) = at.previous {
                    path.push(p.number);
                    at = p;
                }
                path.reverse();
                println!("{}: {} by {:?}", node.number, d, path);
            }
        }
    }
}
