// The twin of programs/life.rs: worlds share nothing because `clone` makes another object.
#![wasm::gc]

#[derive(Clone, PartialEq)]
struct World {
    width: usize,
    height: usize,
    alive: GcArray<bool>,
}

impl World {
    fn parse(rows: &[&str]) -> World {
        let width = rows[0].len();
        let mut alive = GcArray::new();
        for i in 0..rows.len() {
            alive.extend(rows[i].bytes().map(|b| b == b'#'));
        }
        World { width, height: rows.len(), alive }
    }

    fn neighbours(self, row: usize, column: usize) -> usize {
        let mut count = 0;
        for dr in [self.height - 1, 0, 1] {
            for dc in [self.width - 1, 0, 1] {
                if dr == 0 && dc == 0 {
                    continue;
                }
                let (r, c) = ((row + dr) % self.height, (column + dc) % self.width);
                count += self.alive[r * self.width + c] as usize;
            }
        }
        count
    }

    fn step(self) -> World {
        let next = self.clone();
        for row in 0..self.height {
            for column in 0..self.width {
                let index = row * self.width + column;
                next.alive[index] = matches!((self.alive[index], self.neighbours(row, column)), (true, 2) | (_, 3));
            }
        }
        next
    }
}

impl std::fmt::Display for World {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        for row in 0..self.height {
            for cell in self.alive.slice(row * self.width..(row + 1) * self.width) {
                write!(f, "{}", if cell { '#' } else { '.' })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn main() {
    let start = World::parse(&[".#......", "..#.....", "###.....", "........", "........", "........", "........", "........"]);
    let mut world = start.clone();
    for _ in 0..4 {
        world = world.step();
    }
    print!("{}", world);
    let mut period = 4;
    while world != start {
        world = world.step();
        period += 1;
    }
    println!("back after {}", period);
}
