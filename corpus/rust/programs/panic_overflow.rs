// Ends by a panic where overflow is checked; compiled with checks.
fn main() {
    let mut value: i32 = 1;
    for step in 0..40 {
        value = value.checked_mul(2).unwrap_or_else(|| panic!("overflow after {} steps", step));
    }
    println!("{}", value);
}
