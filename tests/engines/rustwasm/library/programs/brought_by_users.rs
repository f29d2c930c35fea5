//! What longer programs were refused for: `?` on `ControlFlow`, methods of the trait whose impl it is, `join` of what
//! lends texts, associated types of trait objects, impls among which only bounds decide.
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::ops::ControlFlow;
use std::rc::Rc;

struct Tagged(i32);
impl fmt::Display for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("t")?;
        self.0.fmt(f)
    }
}
impl fmt::Debug for Tagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { [self.0; 2].fmt(f) }
}
impl Error for Tagged {}

fn each(numbers: &[i32], f: &mut dyn FnMut(i32) -> ControlFlow<String>) -> ControlFlow<String, usize> {
    for &one in numbers { f(one)?; }
    ControlFlow::Continue(numbers.len())
}

fn message(text: &str) -> Box<dyn Error> { text.into() }
fn look(values: &mut Vec<i32>) -> Result<&mut i32, Box<dyn Error>> {
    values.get_mut(0).ok_or_else(|| Box::new(Tagged(7)) as Box<dyn Error>)
}
fn tenfold(values: &mut Vec<i32>) -> Result<(), Box<dyn Error>> {
    *look(values)? *= 10;
    Ok(())
}

#[derive(Clone, Copy)]
struct Grid<T, const R: usize, const C: usize> { cells: [[T; C]; R] }
impl<T, const R: usize, const C: usize> From<[[T; C]; R]> for Grid<T, R, C> {
    fn from(cells: [[T; C]; R]) -> Self { Grid { cells } }
}
impl<T: Copy> Grid<T, 2, 2> { fn corner(&self) -> T { self.cells[1][1] } }
impl<T: Copy> Grid<T, 3, 3> { fn corner(&self) -> T { self.cells[2][2] } }

fn words<'t>(text: &'t str, apart: bool) -> Vec<&'t str> {
    let mut found: Vec<&'t str> = Vec::new();
    let pieces = text.split(' ').flat_map(|word| {
        let inner: Box<dyn Iterator<Item = &str>> =
            if apart { Box::new(word.split(',')) } else { Box::new(std::iter::once(word)) };
        inner
    });
    for piece in pieces { found.push(piece); }
    found
}

macro_rules! depth {
    ([ $($inner:tt),* $(,)? ]) => { 1 $(+ depth!($inner))* };
    ($other:expr) => { 0 };
}

fn main() {
    let until = |limit| move |n: i32| if n > limit { ControlFlow::Break(format!("at {n}")) } else { ControlFlow::Continue(()) };
    println!("{:?} {:?}", each(&[1, 2, 9], &mut until(5)), each(&[1, 2], &mut until(5)));
    let flow = (|| {
        let n = ControlFlow::<&str, u8>::Continue(3)?;
        ControlFlow::Break::<&str, bool>(if n > 2 { "big" } else { "small" })?;
        ControlFlow::Continue(1.5)
    })();
    println!("{flow:?} {} {:?}", Tagged(4), Tagged(5));
    let mut values = vec![4];
    println!("{:?} {values:?} {}", tenfold(&mut values).is_ok(), message("why"));
    println!("{} {:?}", tenfold(&mut vec![]).unwrap_err(), "1.x".parse::<f32>().err());
    let kept: Result<f64, std::num::ParseFloatError> = "2.5".parse();
    println!("{kept:?} {}", Grid::from([[1.5, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.5]]).corner());
    println!("{:?} {:?}", words("a,b c", true), words("a,b c", false));
    let lent: [Cow<'_, str>; 2] = ["a".into(), String::from("b").into()];
    let shared: [Rc<String>; 2] = [Rc::new(String::from("c")), Rc::new(String::from("d"))];
    println!("{} {}", lent.join("-"), shared.map(|one| one.to_string()).join("+"));
    println!("{:?} {:?}", [[1, 2], [3, 4]].join(&0), [vec!['a'], vec![], vec!['b']].join(&['-', '-'][..]));
    println!("{}", depth!([[], [[]], 1]));
    let slice: Rc<[String]> = Rc::new([String::from("x"), String::from("yz")]);
    let other = Rc::clone(&slice);
    println!("{:?} {} {}", slice.iter().rev().collect::<Vec<_>>(), other[1].len(), Rc::strong_count(&slice));
}
