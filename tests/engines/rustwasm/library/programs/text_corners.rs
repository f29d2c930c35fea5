//! Escapes, UTF-16, and less usual methods of text, slices, results and iterators.
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;
use std::ops::ControlFlow;
fn main() {
    for c in ['a', '\'', '"', '\\', '\n', '\t', '\r', '\0', '\x07', '\x7f', 'é', '\u{200b}', '\u{301}', '\u{ad}', '\u{10ffff}', '\u{3000}', 'д', '\u{e000}', '😀', '\u{a0}', '\u{37f}', '\u{200c}', '\u{483}'] {
        println!("{} {} {} {:?} {}", c.escape_debug(), c.escape_default(), c.escape_unicode(), c, c.escape_unicode().count());
        println!("{:?} {:?} {:?}", c.escape_default().collect::<String>(), c.escape_debug().next(), c.escape_debug().len());
    }
    let s = "a\u{301}\n\"q'\u{200b}é\0\u{301}";
    println!("{} {} {} {:?}", s.escape_debug(), s.escape_default(), s.escape_unicode(), s);
    println!("{}", "\u{301}a\u{301}".escape_debug()); println!("{}", "x".escape_debug().chain("\n".escape_default()).collect::<String>());
    println!("{:?}", "aé😀\u{ffff}".encode_utf16().collect::<Vec<_>>()); let mut b = [0u16; 2]; println!("{:?}", '😀'.encode_utf16(&mut b)); println!("{:?}", 'x'.encode_utf16(&mut b));
    println!("{:?} {:?} {}", String::from_utf16(&[0x61, 0xd83d, 0xde00]), String::from_utf16(&[0xd83d, 0x61]).is_err(), String::from_utf16_lossy(&[0xd83d, 0x61, 0xdc00]));
    println!("{:?}", char::decode_utf16([0xd83d, 0xde00, 0xdc00, 0x41]).map(|r| r.map_err(|e| e.unpaired_surrogate())).collect::<Vec<_>>());
    println!("{:?} {:?} {:?}", " \x0ba b\t".trim_ascii(), "  x ".trim_ascii_start(), "  x ".trim_ascii_end()); println!("{:?}", "a\u{a0}b c\x0bd".split_ascii_whitespace().collect::<Vec<_>>()); println!("{:?}", "a\u{a0}b c".split_whitespace().collect::<Vec<_>>());
    println!("{:?} {:?} {} {} {}", "aé".split_at_checked(2), "aé".split_at_checked(1), "aé".floor_char_boundary(2), "aé".ceil_char_boundary(2), "aé".ceil_char_boundary(9));
    println!("{:?} {:?} {:?}", "a,b,".rsplit_terminator(',').collect::<Vec<_>>(), "abcabc".rmatches('b').collect::<Vec<_>>(), "abcabc".rmatch_indices("bc").collect::<Vec<_>>()); println!("{:?}", "aaa".rmatch_indices("aa").collect::<Vec<_>>());
    let mut m = String::from("AbÉ"); m.make_ascii_lowercase(); println!("{m}"); m.make_ascii_uppercase(); println!("{m}"); m.extend_from_within(..2); println!("{m}");
    let mut bytes = *b" Ab "; bytes.make_ascii_uppercase(); println!("{:?} {:?} {:?}", bytes.trim_ascii(), bytes.to_ascii_lowercase(), b"x".trim_ascii_end());
    let v = [1, 2, 2, 3, 1, 1]; println!("{:?}", v.chunk_by(|a, b| a <= b).collect::<Vec<_>>()); println!("{:?}", v.split_inclusive(|x| *x == 2).collect::<Vec<_>>()); println!("{:?} {:?}", v.splitn(2, |x| *x == 2).collect::<Vec<_>>(), v.splitn(0, |x| *x == 2).count()); println!("{:?}", v.rsplit(|x| *x == 2).collect::<Vec<_>>()); println!("{:?}", v.rsplitn(2, |x| *x == 2).collect::<Vec<_>>()); println!("{:?}", v.rchunks_exact(4).collect::<Vec<_>>());
    println!("{} {} {:?} {:?}", v.is_sorted_by(|a, b| a <= b), [3, 1].is_sorted_by_key(|x| -x), v.strip_prefix(&[1, 2]), v.strip_suffix(&[9])); println!("{:?} {:?}", v.split_at_checked(9), v.split_at_checked(1));
    let mut w = vec![5, 3, 1, 4]; let (a, n, z) = w.select_nth_unstable_by(1, |a, b| b.cmp(a)); println!("{} {} {}", a.len(), n, z.len()); let mut n = 0; w.fill_with(|| { n += 1; n }); println!("{:?}", w); let mut o = [9; 4]; w.swap_with_slice(&mut o); println!("{:?} {:?}", w, o); for c in w.chunks_exact_mut(3) { c[0] = 0; } println!("{:?}", w); w.extend_from_within(1..=2); println!("{:?}", w);
    println!("{:?} {:?}", Ok::<i32, ()>(3).inspect(|x| println!("saw {x}")), Err::<i32, i32>(3).inspect_err(|x| println!("err {x}"))); println!("{:?} {:?}", Ok::<String, ()>("a".into()).as_deref(), Ok::<Result<i32, ()>, ()>(Ok(2)).flatten()); let mut x: Option<Vec<i32>> = None; x.get_or_insert_default().push(3); println!("{:?}", x);
    println!("{:?} {:?} {:?}", ControlFlow::<i32, i32>::Break(3).map_break(|x| x + 1), ControlFlow::<i32, i32>::Continue(3).continue_value(), ControlFlow::<i32, i32>::Continue(3).map_continue(|x| x * 2)); println!("{} {}", [1, 2].iter().is_sorted_by(|a, b| a < b), (1..4).is_sorted_by_key(|x| x % 3)); println!("{:?}", (1..5).try_rfold(0i8, |a, x| a.checked_add(x * 30)));
    let mut h = DefaultHasher::new(); h.write_u8(3); let k = h.finish(); let mut g = DefaultHasher::new(); g.write_u8(3); println!("{}", g.finish() == k); println!("{:?} {:?}", "x".parse::<bool>(), "".parse::<char>());
}
