//! std::hash.

pub trait Hasher {
    fn finish(&self) -> u64;
    fn write(&mut self, bytes: &[u8]);
    fn write_u8(&mut self, value: u8) { self.write(&[value]); }
    fn write_u16(&mut self, value: u16) { self.write(&value.to_le_bytes()); }
    fn write_u32(&mut self, value: u32) { self.write(&value.to_le_bytes()); }
    fn write_u64(&mut self, value: u64) { self.write(&value.to_le_bytes()); }
    fn write_u128(&mut self, value: u128) { self.write(&value.to_le_bytes()); }
    fn write_usize(&mut self, value: usize) { self.write(&value.to_le_bytes()); }
    fn write_i8(&mut self, value: i8) { self.write_u8(value as u8); }
    fn write_i16(&mut self, value: i16) { self.write_u16(value as u16); }
    fn write_i32(&mut self, value: i32) { self.write_u32(value as u32); }
    fn write_i64(&mut self, value: i64) { self.write_u64(value as u64); }
    fn write_i128(&mut self, value: i128) { self.write_u128(value as u128); }
    fn write_isize(&mut self, value: isize) { self.write_usize(value as usize); }
}
pub trait Hash {
    fn hash<H: Hasher>(&self, state: &mut H);
    fn hash_slice<H: Hasher>(data: &[Self], state: &mut H) where Self: Sized { for one in data.iter() { one.hash(state); } }
}
pub trait BuildHasher {
    type Hasher: Hasher;
    fn build_hasher(&self) -> Self::Hasher;
    fn hash_one<T: Hash>(&self, value: T) -> u64 where Self: Sized {
        let mut hasher = self.build_hasher();
        value.hash(&mut hasher);
        hasher.finish()
    }
}

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
    fn write_u8(&mut self, value: u8) { self.write_u64(value as u64); }
    fn write_u16(&mut self, value: u16) { self.write_u64(value as u64); }
    fn write_u32(&mut self, value: u32) { self.write_u64(value as u64); }
    fn write_usize(&mut self, value: usize) { self.write_u64(value as u64); }
    fn write_u64(&mut self, value: u64) { self.state = (self.state.rotate_left(5) ^ value).wrapping_mul(0x517cc1b727220a95); }
}
#[derive(Clone, Default)]
pub struct RandomState;

impl BuildHasher for RandomState { type Hasher = DefaultHasher; fn build_hasher(&self) -> DefaultHasher { DefaultHasher::new() } }
impl RandomState { pub fn new() -> RandomState { RandomState } }

macro_rules! integers { ($($t:ty, $as:ty, $write:ident;)*) => { $(impl Hash for $t { fn hash<H: Hasher>(&self, state: &mut H) { state.$write(*self as $as); } })* } }
integers! {
    i8, i8, write_i8; i16, i16, write_i16; i32, i32, write_i32; i64, i64, write_i64; isize, isize, write_isize; i128, i128, write_i128;
    u8, u8, write_u8; u16, u16, write_u16; u32, u32, write_u32; u64, u64, write_u64; usize, usize, write_usize; u128, u128, write_u128;
    bool, u8, write_u8; char, u32, write_u32;
}
impl Hash for str { fn hash<H: Hasher>(&self, state: &mut H) { state.write(self.as_bytes()); state.write_u8(255); } }
impl Hash for () { fn hash<H: Hasher>(&self, _state: &mut H) {} }
impl<T: Hash> Hash for [T] {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
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
