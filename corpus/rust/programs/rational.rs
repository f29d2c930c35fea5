use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rational {
    top: i64,
    bottom: i64,
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Rational {
    fn new(top: i64, bottom: i64) -> Rational {
        assert!(bottom != 0, "the denominator is zero");
        let sign = if bottom < 0 { -1 } else { 1 };
        let common = gcd(top, bottom);
        Rational { top: sign * top / common, bottom: sign * bottom / common }
    }
}

impl Add for Rational {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Rational::new(self.top * o.bottom + o.top * self.bottom, self.bottom * o.bottom)
    }
}

impl Sub for Rational {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}

impl Mul for Rational {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        Rational::new(self.top * o.top, self.bottom * o.bottom)
    }
}

impl Div for Rational {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        Rational::new(self.top * o.bottom, self.bottom * o.top)
    }
}

impl Neg for Rational {
    type Output = Self;
    fn neg(self) -> Self {
        Rational { top: -self.top, bottom: self.bottom }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some((self.top * other.bottom).cmp(&(other.top * self.bottom)))
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.bottom == 1 { write!(f, "{}", self.top) } else { write!(f, "{}/{}", self.top, self.bottom) }
    }
}

fn main() {
    let (a, b) = (Rational::new(1, 2), Rational::new(-3, 4));
    println!("{} {} {} {} {}", a + b, a - b, a * b, a / b, -b);
    println!("{} {}", a > b, Rational::new(2, 4) == a);
    let mut sum = Rational::new(0, 1);
    for n in 1..=10 {
        sum = sum + Rational::new(1, n);
    }
    println!("{}", sum);
    let mut list = vec![a, b, Rational::new(5, 3), Rational::new(0, 7)];
    list.sort_by(|x, y| x.partial_cmp(y).unwrap());
    for one in &list {
        print!("{} ", one);
    }
    println!();
}
