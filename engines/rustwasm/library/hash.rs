//! std::hash.

pub trait Hasher {
    fn finish(&self) -> u64;
    fn write(&mut self, bytes: &[u8]);
    fn write_u64(&mut self, value: u64);
}
pub trait Hash { fn hash<H: Hasher>(&self, state: &mut H); }
pub trait BuildHasher { fn build(&self) -> DefaultHasher; }

/// Multiply and rotate, with a last mix so that the low bits are good.
#[derive(Clone)]
pub struct DefaultHasher { state: u64 }
impl DefaultHasher { pub fn new() -> DefaultHasher { DefaultHasher { state: 0 } } }
impl Default for DefaultHasher { fn default() -> DefaultHasher { DefaultHasher::new() } }
impl Hasher for DefaultHasher {
    fn finish(&self) -> u64 {
        let mixed = (self.state ^ (self.state >> 32)).wrapping_mul(0x9fb21c651e98df25);
        mixed ^ (mixed >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() { self.write_u64(bytes[i] as u64); i += 1; }
    }
    fn write_u64(&mut self, value: u64) { self.state = (self.state.rotate_left(5) ^ value).wrapping_mul(0x517cc1b727220a95); }
}
#[derive(Clone, Default)]
pub struct RandomState;

macro_rules! integers { ($($t:ty)*) => { $(impl Hash for $t { fn hash<H: Hasher>(&self, state: &mut H) { state.write_u64(*self as u64); } })* } }
integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize bool char }
impl Hash for u128 { fn hash<H: Hasher>(&self, state: &mut H) { state.write_u64(*self as u64); state.write_u64((*self >> 64) as u64); } }
impl Hash for i128 { fn hash<H: Hasher>(&self, state: &mut H) { state.write_u64(*self as u64); state.write_u64((*self >> 64) as u64); } }
impl Hash for str { fn hash<H: Hasher>(&self, state: &mut H) { state.write(self.as_bytes()); state.write_u64(255); } }
impl Hash for () { fn hash<H: Hasher>(&self, _state: &mut H) {} }
impl<T: Hash> Hash for [T] {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.len() as u64);
        for one in self.iter() { one.hash(state); }
    }
}
impl<T: Hash, const N: usize> Hash for [T; N] { fn hash<H: Hasher>(&self, state: &mut H) { self[..].hash(state); } }
impl<'a, T: Hash + ?Sized> Hash for &'a T { fn hash<H: Hasher>(&self, state: &mut H) { (**self).hash(state); } }
impl<'a, T: Hash + ?Sized> Hash for &'a mut T { fn hash<H: Hasher>(&self, state: &mut H) { (**self).hash(state); } }
macro_rules! tuples { ($($name:ident $index:tt),*) => { impl<$($name: Hash),*> Hash for ($($name,)*) { fn hash<HH: Hasher>(&self, state: &mut HH) { $(self.$index.hash(state);)* } } } }
tuples! { A 0 }
tuples! { A 0, B 1 }
tuples! { A 0, B 1, C 2 }
tuples! { A 0, B 1, C 2, D 3 }
tuples! { A 0, B 1, C 2, D 3, E 4 }
