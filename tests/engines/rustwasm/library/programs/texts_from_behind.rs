//! Texts split from behind, at empty patterns too, from both ends at once, and what else of texts was not as in std.

fn main() {
    for s in ["abc", "", "aé", "xaxbx"] { for p in ["", "x", "xx", "a"] {
        println!("{:?} {:?}", s.rsplit(p).collect::<Vec<_>>(), s.rsplit_terminator(p).collect::<Vec<_>>());
        for n in 0..5 { println!("{:?} {:?}", s.rsplitn(n, p).collect::<Vec<_>>(), s.splitn(n, p).collect::<Vec<_>>()); }
        println!("{:?} {:?} {:?}", s.rmatch_indices(p).collect::<Vec<_>>(), s.rmatches(p).count(), s.split_inclusive(p).collect::<Vec<_>>());
    } 
        println!("{:?} {:?}", s.split('x').rev().collect::<Vec<_>>(), s.split_inclusive('x').rev().collect::<Vec<_>>());
        println!("{:?}", s.split_terminator('x').rev().collect::<Vec<_>>());
        let mut i = s.split('x'); println!("{:?} {:?} {:?} {:?}", i.next(), i.next_back(), i.next(), i.next_back());
        let mut i = s.split_inclusive('x'); println!("{:?} {:?} {:?} {:?}", i.next(), i.next_back(), i.next(), i.next_back());
        let mut i = s.split_terminator('x'); println!("{:?} {:?} {:?} {:?}", i.next_back(), i.next(), i.next_back(), i.next());
    }
    println!("{}", char::try_from(0xD800u32).unwrap_err());
    println!("[{:08}] [{:+08}] [{:08}] [{:<08}]", f64::INFINITY, f64::INFINITY, f64::NAN, f32::NEG_INFINITY);
    let tuple: (u8, String, [String; 2], Option<u8>, bool, char) = Default::default();
    println!("{tuple:?} {:?}", <[Vec<i32>; 3]>::default());
}
