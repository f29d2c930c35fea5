struct Item {
    name: &'static str,
    weight: usize,
    value: u32,
}

fn best(items: &[Item], capacity: usize) -> (u32, Vec<&'static str>) {
    let mut table = vec![vec![0u32; capacity + 1]; items.len() + 1];
    for (i, item) in items.iter().enumerate() {
        for room in 0..=capacity {
            let without = table[i][room];
            table[i + 1][room] = if item.weight <= room {
                without.max(table[i][room - item.weight] + item.value)
            } else {
                without
            };
        }
    }
    let mut chosen = Vec::new();
    let mut room = capacity;
    for i in (0..items.len()).rev() {
        if table[i + 1][room] != table[i][room] {
            chosen.push(items[i].name);
            room -= items[i].weight;
        }
    }
    chosen.reverse();
    (table[items.len()][capacity], chosen)
}

fn main() {
    let items = [
        Item { name: "map", weight: 9, value: 150 },
        Item { name: "compass", weight: 13, value: 35 },
        Item { name: "water", weight: 153, value: 200 },
        Item { name: "sandwich", weight: 50, value: 160 },
        Item { name: "tin", weight: 68, value: 45 },
        Item { name: "camera", weight: 32, value: 30 },
    ];
    for capacity in [0, 60, 150, 250, 400] {
        let (value, chosen) = best(&items, capacity);
        println!("{}: {} {:?}", capacity, value, chosen);
    }
}
