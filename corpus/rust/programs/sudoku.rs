type Board = [[u8; 9]; 9];

fn parse(text: &str) -> Board {
    let mut board = [[0; 9]; 9];
    for (i, c) in text.chars().enumerate() {
        board[i / 9][i % 9] = c.to_digit(10).unwrap_or(0) as u8;
    }
    board
}

fn fits(board: &Board, row: usize, column: usize, digit: u8) -> bool {
    for i in 0..9 {
        if board[row][i] == digit || board[i][column] == digit {
            return false;
        }
        if board[row / 3 * 3 + i / 3][column / 3 * 3 + i % 3] == digit {
            return false;
        }
    }
    true
}

fn solve(board: &mut Board) -> bool {
    for row in 0..9 {
        for column in 0..9 {
            if board[row][column] != 0 {
                continue;
            }
            for digit in 1..=9 {
                if fits(board, row, column, digit) {
                    board[row][column] = digit;
                    if solve(board) {
                        return true;
                    }
                    board[row][column] = 0;
                }
            }
            return false;
        }
    }
    true
}

fn main() {
    let mut board = parse("530070000600195000098000060800060003400803001700020006060000280000419005000080079");
    println!("{}", solve(&mut board));
    for row in &board {
        println!("{}", row.iter().map(|d| d.to_string()).collect::<Vec<_>>().join(""));
    }
    let mut wrong = parse("550000000");
    wrong[0][2] = 5;
    println!("{}", fits(&wrong, 0, 3, 5));
}
