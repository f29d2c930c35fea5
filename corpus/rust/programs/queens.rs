fn place(row: usize, columns: &mut Vec<usize>, size: usize, found: &mut Vec<Vec<usize>>) {
    if row == size {
        found.push(columns.clone());
        return;
    }
    for column in 0..size {
        let safe = columns.iter().enumerate().all(|(r, &c)| {
            c != column && (row - r) as i32 != (column as i32 - c as i32).abs()
        });
        if safe {
            columns.push(column);
            place(row + 1, columns, size, found);
            columns.pop();
        }
    }
}

fn main() {
    for size in 1..=7 {
        let mut found = Vec::new();
        place(0, &mut Vec::new(), size, &mut found);
        println!("{}: {}", size, found.len());
        if size == 6 {
            for &column in &found[0] {
                let mut line = vec!['.'; size];
                line[column] = 'Q';
                println!("{}", line.into_iter().collect::<String>());
            }
        }
    }
}
