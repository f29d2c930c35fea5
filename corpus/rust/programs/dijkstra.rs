#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    cost: u32,
}

struct Graph {
    edges: Vec<Vec<Edge>>,
}

impl Graph {
    fn new(nodes: usize) -> Graph {
        Graph { edges: vec![Vec::new(); nodes] }
    }

    fn connect(&mut self, a: usize, b: usize, cost: u32) {
        self.edges[a].push(Edge { to: b, cost });
        self.edges[b].push(Edge { to: a, cost });
    }

    fn shortest(&self, start: usize) -> (Vec<Option<u32>>, Vec<Option<usize>>) {
        let count = self.edges.len();
        let mut distance = vec![None; count];
        let mut previous = vec![None; count];
        let mut done = vec![false; count];
        distance[start] = Some(0);
        loop {
            let mut next: Option<(usize, u32)> = None;
            for node in 0..count {
                if let (false, Some(d)) = (done[node], distance[node]) {
                    if next.map_or(true, |(_, best)| d < best) {
                        next = Some((node, d));
                    }
                }
            }
            let Some((node, so_far)) = next else { break };
            done[node] = true;
            for edge in &self.edges[node] {
                let candidate = so_far + edge.cost;
                let better = match distance[edge.to] {
                    None => true,
                    Some(known) => candidate < known,
                };
                if better {
                    distance[edge.to] = Some(candidate);
                    previous[edge.to] = Some(node);
                }
            }
        }
        (distance, previous)
    }
}

fn main() {
    let mut graph = Graph::new(7);
    for &(a, b, cost) in &[(0, 1, 7), (0, 2, 9), (0, 5, 14), (1, 2, 10), (1, 3, 15), (2, 3, 11), (2, 5, 2), (3, 4, 6), (4, 5, 9)] {
        graph.connect(a, b, cost);
    }
    let (distance, previous) = graph.shortest(0);
    for (node, d) in distance.iter().enumerate() {
        match d {
            None => println!("{}: unreachable", node),
            Some(d) => {
                let mut path = vec![node];
                while let Some(p) = previous[path[path.len() - 1]] {
                    path.push(p);
                }
                path.reverse();
                println!("{}: {} by {:?}", node, d, path);
            }
        }
    }
}
