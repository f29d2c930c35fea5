struct Keep<'a> { part: &'a [i32; 2], more: &'a [u8] }

fn keep(part: &[i32; 2]) -> Keep<'_> { Keep { part, more: &[1, 2] } }

fn sum(part: &[i32; 2]) -> i32 { part.iter().sum() }

fn first<const N: usize>(values: &mut [i32; N]) -> &mut i32 { &mut values[0] }

fn deeper(values: &mut [i32; 3]) {
    let [_, tail @ ..] = values;
    *first(tail) += 100;
    sort(tail);
}

fn sort(values: &mut [i32; 2]) { values.sort(); let [a, b] = values; std::mem::swap(a, b); }

fn choose<'a>(left: &'a mut [i32; 2], right: &'a mut [i32; 3], pick: bool) -> i32 {
    let [_, end @ ..] = right;
    let chosen = if pick { left } else { end };
    chosen[0] = -1;
    chosen.len() as i32
}

fn main() {
    let a = [1, 2, 3];
    let [_, rest @ ..] = &a;
    let kept = keep(rest);
    println!("{} {} {}", kept.part[1], kept.more.len(), sum(rest));
    let pair = (rest, 5);
    println!("{:?} {}", pair.0, pair.1);
    let mut b = [9, 8, 7];
    deeper(&mut b);
    println!("{b:?}");
    let mut c = [4, 4];
    println!("{} {}", choose(&mut c, &mut b, true), choose(&mut c, &mut b, false));
    println!("{b:?} {c:?}");
    let mut many = [[1, 2, 3, 4], [5, 6, 7, 8]];
    for [_, inner @ .., _] in many.iter_mut() {
        inner.reverse();
        inner[0] += 1;
    }
    println!("{many:?} {:?}", rest == &[2, 3]);
}
