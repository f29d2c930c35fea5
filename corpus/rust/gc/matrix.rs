// The twin of programs/matrix.rs.
#![wasm::gc]

#[derive(Clone, Debug, PartialEq)]
struct Matrix {
    rows: usize,
    columns: usize,
    cells: GcArray<f64>,
}

impl Matrix {
    fn new(rows: usize, columns: usize) -> Self {
        Matrix { rows, columns, cells: GcArray::filled(0.0, rows * columns) }
    }

    fn identity(size: usize) -> Self {
        let out = Matrix::new(size, size);
        for i in 0..size {
            out.set(i, i, 1.0);
        }
        out
    }

    fn get(self, row: usize, column: usize) -> f64 {
        self.cells[row * self.columns + column]
    }

    fn set(self, row: usize, column: usize, value: f64) {
        self.cells[row * self.columns + column] = value;
    }

    fn times(self, other: Matrix) -> Option<Matrix> {
        if self.columns != other.rows {
            return None;
        }
        let out = Matrix::new(self.rows, other.columns);
        for i in 0..self.rows {
            for j in 0..other.columns {
                let mut sum = 0.0;
                for k in 0..self.columns {
                    sum += self.get(i, k) * other.get(k, j);
                }
                out.set(i, j, sum);
            }
        }
        Some(out)
    }

    fn determinant(self) -> f64 {
        let work = self.clone();
        let mut result = 1.0;
        for pivot in 0..self.rows {
            let mut best = pivot;
            for row in pivot + 1..self.rows {
                if work.get(row, pivot).abs() > work.get(best, pivot).abs() {
                    best = row;
                }
            }
            if work.get(best, pivot) == 0.0 {
                return 0.0;
            }
            if best != pivot {
                for column in 0..self.columns {
                    let (a, b) = (work.get(pivot, column), work.get(best, column));
                    work.set(pivot, column, b);
                    work.set(best, column, a);
                }
                result = -result;
            }
            result *= work.get(pivot, pivot);
            for row in pivot + 1..self.rows {
                let factor = work.get(row, pivot) / work.get(pivot, pivot);
                for column in pivot..self.columns {
                    let value = work.get(row, column) - factor * work.get(pivot, column);
                    work.set(row, column, value);
                }
            }
        }
        result
    }
}

fn main() {
    let a = Matrix::new(3, 3);
    for i in 0..9 {
        a.cells[i] = ((i * i + 2) % 7) as f64;
    }
    let id = Matrix::identity(3);
    println!("{}", a.times(id) == Some(a));
    println!("{}", a.times(Matrix::new(2, 2)).is_none());
    println!("{:.3}", a.determinant());
    let square = a.times(a).unwrap();
    println!("{:?}", square.cells);
}
