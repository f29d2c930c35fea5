const FAR: i32 = i32::MAX / 2;

fn main() {
    let mut distance = [[FAR; 4]; 4];
    for i in 0..4 {
        distance[i][i] = 0;
    }
    for (a, b, cost) in [(0, 2, -2), (1, 0, 4), (1, 2, 3), (2, 3, 2), (3, 1, -1)] {
        distance[a][b] = cost;
    }
    for k in 0..4 {
        for i in 0..4 {
            for j in 0..4 {
                let through = distance[i][k] + distance[k][j];
                if through < distance[i][j] {
                    distance[i][j] = through;
                }
            }
        }
    }
    for row in distance.iter() {
        let cells: Vec<String> = row.iter().map(|cell| format!("{:>3}", cell)).collect();
        println!("{}", cells.join(" "));
    }
}
