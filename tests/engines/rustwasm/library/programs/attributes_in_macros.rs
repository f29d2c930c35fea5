//! `$m:meta`: attributes that macros pass on.

macro_rules! structs {
    ($($(#[$m:meta])* $v:vis struct $n:ident { $($(#[$fm:meta])* $f:ident: $t:ty = $d:expr),* $(,)? })*) => {
        $(
            $(#[$m])*
            $v struct $n { $($(#[$fm])* $f: $t),* }
            impl $n {
                fn made() -> Self {
                    $n { $($f: $d),* }
                }
            }
        )*
    };
}
structs! {
    #[derive(Debug, Clone)]
    #[allow(dead_code)]
    pub struct Settings {
        level: i32 = 4,
        #[doc = "what it is called"]
        name: String = "q".to_string(),
    }
    struct Plain {}
    /// One that a comment speaks of.
    #[derive(PartialEq, Debug)]
    pub(crate) struct Pair { a: u8 = 1, b: (u8, u8) = (2, 3) }
}
macro_rules! enums {
    ($(#[$m:meta])* enum $n:ident { $($(#[$vm:meta])* $v:ident),+ $(,)? }) => {
        $(#[$m])*
        enum $n { $($(#[$vm])* $v),+ }
        impl $n {
            const NAMES: &'static [&'static str] = &[$(stringify!($v)),+];
        }
    };
}
enums! {
    #[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
    #[repr(u8)]
    enum Level { Low, #[default] Middle, High }
}
macro_rules! hidden {
    ([$m:meta] $($rest:tt)*) => { #[$m] $($rest)* };
}
hidden! { [cfg(any())] fn twice() -> i32 { 1 } }
hidden! { [cfg(not(test))] fn twice() -> i32 { 2 } }
hidden! { [inline] fn once() -> i32 { 3 } }

fn main() {
    println!("{:?} {:?}", Settings::made().clone(), Pair::made());
    let Plain {} = Plain::made();
    println!("{:?} {:?} {} {}", Level::default(), Level::NAMES, Level::Low < Level::High, Level::High as u8);
    println!("{} {} {}", twice(), once(), Pair::made() == Pair { a: 1, b: (2, 3) });
}
