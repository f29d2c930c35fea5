// Breadth-first search in a maze.
use std::collections::VecDeque;

fn solve(maze: &[&str]) -> Option<usize> {
    let grid: Vec<Vec<char>> = maze.iter().map(|row| row.chars().collect()).collect();
    let find = |wanted: char| -> Option<(usize, usize)> {
        for (r, row) in grid.iter().enumerate() {
            for (c, &cell) in row.iter().enumerate() {
                if cell == wanted {
                    return Some((r, c));
                }
            }
        }
        None
    };
    let start = find('S')?;
    let end = find('E')?;
    let mut distance = vec![vec![usize::MAX; grid[0].len()]; grid.len()];
    let mut queue = VecDeque::new();
    distance[start.0][start.1] = 0;
    queue.push_back(start);
    while let Some((r, c)) = queue.pop_front() {
        if (r, c) == end {
            return Some(distance[r][c]);
        }
        let steps: [(i32, i32); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];
        for (dr, dc) in steps {
            let (nr, nc) = (r as i32 + dr, c as i32 + dc);
            if nr < 0 || nc < 0 || nr as usize >= grid.len() || nc as usize >= grid[0].len() {
                continue;
            }
            let (nr, nc) = (nr as usize, nc as usize);
            if grid[nr][nc] != '#' && distance[nr][nc] == usize::MAX {
                distance[nr][nc] = distance[r][c] + 1;
                queue.push_back((nr, nc));
            }
        }
    }
    None
}

fn main() {
    let open = ["S..#....", ".#.#.##.", ".#...#..", ".####.#.", "......#E"];
    let closed = ["S#E", ".#.", ".#."];
    println!("{:?}", solve(&open));
    println!("{:?}", solve(&closed));
    println!("{:?}", solve(&["..."]));
}
