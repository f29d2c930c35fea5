use std::fmt::{Display, Formatter, Result as FmtResult};
use std::iter::{Product, Sum};
use std::ops::{Add, AddAssign, Index, IndexMut, Mul, MulAssign, Neg, Sub, Deref};

pub trait Zero: Sized { const ZERO: Self; fn is_zero(&self) -> bool where Self: PartialEq { *self == Self::ZERO } }
pub trait One { const ONE: Self; }
macro_rules! numeric { ($($t:ty => $z:literal, $o:literal);+ $(;)?) => { $( impl Zero for $t { const ZERO: $t = $z; } impl One for $t { const ONE: Self = $o; } )+ }; }
numeric! { i32 => 0, 1; i64 => 0, 1; f64 => 0.0, 1.0; u8 => 0, 1 }

pub trait Ring: Zero + One + Copy + Add<Output = Self> + Mul<Output = Self> + Sub<Output = Self> + Neg<Output = Self> + PartialEq {}
impl<T> Ring for T where T: Zero + One + Copy + Add<Output = T> + Mul<Output = T> + Sub<Output = T> + Neg<Output = T> + PartialEq {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Matrix<T, const R: usize, const C: usize> { cells: [[T; C]; R] }

impl<T, const R: usize, const C: usize> From<[[T; C]; R]> for Matrix<T, R, C> { fn from(cells: [[T; C]; R]) -> Self { Matrix { cells } } }
impl<T: Zero + Copy, const R: usize, const C: usize> Default for Matrix<T, R, C> { fn default() -> Self { Self { cells: [[T::ZERO; C]; R] } } }
impl<T: Zero + One + Copy, const N: usize> Matrix<T, N, N> {
    pub fn identity() -> Self { let mut m = Self::default(); for i in 0..N { m[(i, i)] = T::ONE; } m }
    pub fn trace(&self) -> T where T: Sum { (0..N).map(|i| self[(i, i)]).sum() }
}
impl<T: Ring, const N: usize> Matrix<T, N, N> {
    pub fn pow(self, mut e: u32) -> Self {
        let (mut base, mut acc) = (self, Self::identity());
        while e > 0 { if e & 1 == 1 { acc = acc * base; } base *= base; e >>= 1; }
        acc
    }
}
impl<T: Ring> Matrix<T, 2, 2> { fn det(&self) -> T { let [[a, b], [c, d]] = self.cells; a * d - b * c } }
impl<T: Ring> Matrix<T, 3, 3> {
    fn det(&self) -> T {
        let minor = |skip: usize| -> Matrix<T, 2, 2> {
            let rows = [1, 2].map(|r| { let mut it = (0..3).filter(|&c| c != skip).map(|c| self[(r, c)]); [it.next().unwrap(), it.next().unwrap()] });
            Matrix::from(rows)
        };
        let mut total = T::ZERO; let mut sign = T::ONE;
        for c in 0..3 { total = total + sign * self[(0, c)] * minor(c).det(); sign = -sign; }
        total
    }
}
impl<T, const R: usize, const C: usize> Index<(usize, usize)> for Matrix<T, R, C> { type Output = T; fn index(&self, (r, c): (usize, usize)) -> &T { &self.cells[r][c] } }
impl<T, const R: usize, const C: usize> IndexMut<(usize, usize)> for Matrix<T, R, C> { fn index_mut(&mut self, (r, c): (usize, usize)) -> &mut T { &mut self.cells[r][c] } }
impl<T: Add<Output = T> + Copy, const R: usize, const C: usize> Add for Matrix<T, R, C> { type Output = Self; fn add(mut self, o: Self) -> Self { for (a, b) in self.cells.iter_mut().flatten().zip(o.cells.iter().flatten()) { *a = *a + *b; } self } }
impl<T: Copy + Add<Output = T>, const R: usize, const C: usize> AddAssign<&Matrix<T, R, C>> for Matrix<T, R, C> { fn add_assign(&mut self, rhs: &Self) { *self = *self + *rhs; } }
impl<T: Ring, const R: usize, const K: usize, const C: usize> Mul<Matrix<T, K, C>> for Matrix<T, R, K> {
    type Output = Matrix<T, R, C>;
    fn mul(self, rhs: Matrix<T, K, C>) -> Self::Output {
        let mut out = Matrix::<T, R, C>::default();
        for r in 0..R { for c in 0..C { out[(r, c)] = (0..K).fold(T::ZERO, |acc, k| acc + self[(r, k)] * rhs[(k, c)]); } }
        out
    }
}
impl<T: Ring, const N: usize> MulAssign for Matrix<T, N, N> { fn mul_assign(&mut self, rhs: Self) { *self = *self * rhs; } }
impl<T: Mul<Output = T> + Copy, const R: usize, const C: usize> Mul<T> for Matrix<T, R, C> { type Output = Self; fn mul(self, k: T) -> Self { Matrix { cells: self.cells.map(|row| row.map(|x| x * k)) } } }
impl<T: Neg<Output = T>, const R: usize, const C: usize> Neg for Matrix<T, R, C> { type Output = Self; fn neg(self) -> Self { Matrix { cells: self.cells.map(|row| row.map(Neg::neg)) } } }
impl<T: Ring, const N: usize> Product for Matrix<T, N, N> { fn product<I: Iterator<Item = Self>>(it: I) -> Self { it.fold(Self::identity(), |a, b| a * b) } }
impl<'a, T: Ring, const R: usize, const C: usize> Sum<&'a Matrix<T, R, C>> for Matrix<T, R, C> { fn sum<I>(it: I) -> Self where I: Iterator<Item = &'a Self> { it.fold(Default::default(), |a, b| a + *b) } }
impl<T: Display, const R: usize, const C: usize> Display for Matrix<T, R, C> {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        let width = f.width().unwrap_or(4);
        for (i, row) in self.cells.iter().enumerate() {
            if i > 0 { writeln!(f)?; }
            f.write_str("[")?;
            for cell in row { if let Some(p) = f.precision() { write!(f, "{cell:>width$.p$}")? } else { write!(f, "{cell:>width$}")? } }
            f.write_str(" ]")?;
        }
        Ok(())
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mod<const P: u64>(u64);
impl<const P: u64> Zero for Mod<P> { const ZERO: Self = Mod(0); }
impl<const P: u64> One for Mod<P> { const ONE: Self = Mod(1); }
impl<const P: u64> Add for Mod<P> { type Output = Self; fn add(self, o: Self) -> Self { Mod((self.0 + o.0) % P) } }
impl<const P: u64> Sub for Mod<P> { type Output = Self; fn sub(self, o: Self) -> Self { self + -o } }
impl<const P: u64> Neg for Mod<P> { type Output = Self; fn neg(self) -> Self { Mod((P - self.0) % P) } }
impl<const P: u64> Mul for Mod<P> { type Output = Self; fn mul(self, o: Self) -> Self { Mod((self.0 as u128 * o.0 as u128 % u128::from(P)) as u64) } }
impl<const P: u64> Display for Mod<P> { fn fmt(&self, f: &mut Formatter) -> FmtResult { Display::fmt(&self.0, f) } }
impl<const P: u64> Deref for Mod<P> { type Target = u64; fn deref(&self) -> &u64 { &self.0 } }

fn main() {
    let f = Matrix::from([[1i64, 1], [1, 0]]);
    println!("{}\n{:8}", f.pow(10), f.pow(60));
    type M = Mod<1_000_000_007>;
    let g: Matrix<M, 2, 2> = Matrix::from([[Mod(1), Mod(1)], [Mod(1), Mod(0)]]);
    let big = g.pow(1_000_000);
    println!("{big:12} det {} leading zeros {}", big.det(), big[(0, 1)].leading_zeros());
    let a = Matrix::from([[1.5, 2.0, -1.0], [0.25, 3.0, 4.0], [7.0, -2.5, 1.0]]);
    println!("{:9.3}\ndet={:.4} trace={}", a * 2.0, a.det(), a.trace());
    let r: Matrix<i32, 2, 3> = [[1, 2, 3], [4, 5, 6]].into();
    let c: Matrix<i32, 3, 1> = [[1], [0], [-1]].into();
    println!("{}", r * c);
    println!("{}", -(r * c));
    let p: Matrix<i32, 2, 2> = [[[1, 1], [0, 1]], [[1, 0], [1, 1]], [[2, 0], [0, 2]]].into_iter().map(Matrix::from).product();
    println!("{p}");
    let many = [r, r, r];
    let mut s: Matrix<_, 2, 3> = many.iter().sum();
    s += &r;
    println!("{s} {:?} {}", s, Zero::is_zero(&s[(0, 0)]));
}
