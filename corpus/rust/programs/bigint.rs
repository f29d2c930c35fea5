// Unsigned integers of any size, in base 1e9.
use std::fmt;
use std::ops::{Add, Mul};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Big {
    digits: Vec<u32>,
}

const BASE: u64 = 1_000_000_000;

impl From<u64> for Big {
    fn from(mut value: u64) -> Big {
        let mut digits = Vec::new();
        while value > 0 {
            digits.push((value % BASE) as u32);
            value /= BASE;
        }
        Big { digits }
    }
}

impl<'a> Add<&'a Big> for &'a Big {
    type Output = Big;
    fn add(self, other: &Big) -> Big {
        let mut digits = Vec::new();
        let mut carry = 0u64;
        for i in 0..self.digits.len().max(other.digits.len()) {
            let sum = carry
                + self.digits.get(i).copied().unwrap_or(0) as u64
                + other.digits.get(i).copied().unwrap_or(0) as u64;
            digits.push((sum % BASE) as u32);
            carry = sum / BASE;
        }
        if carry > 0 {
            digits.push(carry as u32);
        }
        Big { digits }
    }
}

impl Mul<u32> for Big {
    type Output = Big;
    fn mul(mut self, factor: u32) -> Big {
        let mut carry = 0u64;
        for digit in self.digits.iter_mut() {
            let product = *digit as u64 * factor as u64 + carry;
            *digit = (product % BASE) as u32;
            carry = product / BASE;
        }
        if carry > 0 {
            self.digits.push(carry as u32);
        }
        self
    }
}

impl fmt::Display for Big {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.digits.split_last() {
            None => write!(f, "0"),
            Some((first, rest)) => {
                write!(f, "{}", first)?;
                for digit in rest.iter().rev() {
                    write!(f, "{:09}", digit)?;
                }
                Ok(())
            }
        }
    }
}

fn main() {
    let mut factorial = Big::from(1);
    for n in 2..=50 {
        factorial = factorial * n;
    }
    println!("50! = {}", factorial);
    let (mut a, mut b) = (Big::from(0), Big::from(1));
    for _ in 0..300 {
        let next = &a + &b;
        a = b;
        b = next;
    }
    println!("fib(300) = {}", a);
    println!("{}", Big::from(0));
    println!("{}", Big::from(12_000_000_003) == Big { digits: vec![3, 12] });
}
