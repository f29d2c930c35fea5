mod geometry {
    pub mod point {
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Point {
            pub x: i32,
            pub y: i32,
        }

        impl Point {
            pub const ORIGIN: Point = Point { x: 0, y: 0 };

            pub fn distance(self, other: Point) -> i32 {
                super::absolute(self.x - other.x) + super::absolute(self.y - other.y)
            }
        }
    }

    fn absolute(n: i32) -> i32 {
        if n < 0 { -n } else { n }
    }

    pub use self::point::Point as Spot;
}

mod counter {
    pub struct Counter {
        value: u32,
    }

    impl Counter {
        pub fn new() -> Self {
            Counter { value: super::START }
        }
        pub fn next(&mut self) -> u32 {
            self.value += 1;
            self.value
        }
    }
}

use counter::Counter;
use geometry::{point, Spot};

const START: u32 = 41;
static GREETING: &str = "static text";

fn main() {
    let spot = Spot { x: 3, y: -4 };
    println!("{}", spot.distance(point::Point::ORIGIN));
    let mut counter = Counter::new();
    println!("{} {}", counter.next(), crate::counter::Counter::new().next());
    println!("{} {}", GREETING, self::START);
}
