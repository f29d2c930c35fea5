use std::cell::Cell;

fn bump(values: &mut [i32; 3]) -> i32 {
    for v in values.iter_mut() {
        *v += 10;
    }
    values[0]
}

fn main() {
    let mut a = [1, 2, 3, 4];
    {
        let [first, rest @ ..] = &mut a;
        *first = 7;
        rest[0] = 20;
        rest[2] += 5;
        rest.swap(0, 1);
        for x in rest {
            *x *= 2;
        }
    }
    println!("{a:?}");
    if let [x, ref mut middle @ .., y] = a {
        middle[1] = x + y;
        let again = &mut *middle;
        again.reverse();
    }
    println!("{a:?}");
    let [_, rest @ ..] = &mut a;
    println!("{}", bump(rest));
    *rest = [rest[2], 5, 6];
    let copy = *rest;
    rest[0] = 99;
    println!("{copy:?} {a:?} {}", a.len());
    let cells = [Cell::new(1), Cell::new(2), Cell::new(3)];
    let [_, others @ ..] = &cells;
    cells[1].set(50);
    others[1].set(60);
    println!("{} {} {}", others[0].get(), cells[2].get(), others.len());
    let mut grid = [[1u8; 2]; 3];
    let [top, below @ ..] = &mut grid;
    below[0][1] = 9;
    let [one, two] = below;
    one[0] = 8;
    two[0] = top[0] + one[1];
    let [.., last] = &mut grid;
    last[1] = 4;
    println!("{grid:?}");
    let mut words = [String::from("a"), String::from("b"), String::from("c")];
    if let [head, tail @ ..] = &mut words {
        head.push_str("!");
        let [t0, t1] = tail;
        std::mem::swap(t0, t1);
        tail[1].push('?');
    }
    println!("{words:?}");
}
