// Ends by a panic: exit status 101.
fn third(values: &[i32]) -> i32 {
    values[2]
}

fn main() {
    println!("{}", third(&[1, 2, 3]));
    println!("{}", third(&[1, 2]));
    println!("never");
}
