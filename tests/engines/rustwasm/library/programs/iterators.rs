#[derive(Clone)]
struct Counter { n: u32 }
impl Iterator for Counter {
    type Item = u32;
    fn next(&mut self) -> Option<u32> { if self.n < 5 { self.n += 1; Some(self.n) } else { None } }
}
fn evens() -> impl Iterator<Item = u32> { (0..).step_by(2) }
fn boxed<'a>(v: &'a [i32]) -> Box<dyn Iterator<Item = i32> + 'a> { Box::new(v.iter().map(|x| x * 10)) }
fn main() {
    println!("{}", Counter { n: 0 }.zip(Counter { n: 0 }.skip(1)).map(|(a, b)| a * b).filter(|x| x % 3 == 0).sum::<u32>());
    println!("{:?}", evens().skip(2).take(3).collect::<Vec<_>>());
    println!("{:?}", boxed(&[1, 2, 3]).collect::<Vec<_>>());
    println!("{:?}", (1..=4).flat_map(|x| (0..x).map(move |y| x * y)).collect::<Vec<_>>());
    println!("{:?}", (1..10).take_while(|x| x * x < 30).skip_while(|x| *x < 3).collect::<Vec<_>>());
    println!("{:?}", (1..5).scan(1, |acc, x| { *acc *= x; Some(*acc) }).collect::<Vec<_>>());
    println!("{:?}", [1, 2, 3].iter().cycle().take(7).collect::<Vec<_>>());
    println!("{:?}", (0..3).chain(7..9).rev().collect::<Vec<_>>());
    println!("{:?} {:?}", (0..10).step_by(3).collect::<Vec<_>>(), (0..=10).step_by(5).last());
    println!("{:?} {:?}", (1..4).fold(String::new(), |s, x| s + &x.to_string()), (1..4).rev().fold(0, |a, x| a * 10 + x));
    let mut p = [1, 1, 2, 3, 3].iter().peekable();
    let mut runs = Vec::new();
    while let Some(x) = p.next() {
        let mut n = 1;
        while p.peek() == Some(&x) { p.next(); n += 1; }
        runs.push((*x, n));
    }
    println!("{:?}", runs);
    let mut p = (1..6).peekable();
    println!("{:?} {:?} {:?}", p.next_if(|x| *x == 1), p.next_if_eq(&5), p.collect::<Vec<_>>());
    println!("{} {} {} {}", (1..5).all(|x| x > 0), (1..5).any(|x| x > 4), (1..5).count(), (1..1).count());
    println!("{:?} {:?} {:?}", (1..5).find(|x| x % 3 == 0), (1..5).position(|x| x == 9), (1..5).find_map(|x| if x > 2 { Some(x * 100) } else { None }));
    println!("{:?} {:?}", ["a", "bb", "cc"].iter().max_by_key(|s| s.len()), ["a", "bb", "cc"].iter().min_by_key(|s| s.len()));
    println!("{:?} {:?}", [1.5, 0.2].iter().max_by(|a, b| a.partial_cmp(b).unwrap()), [1.5f64, 0.2].iter().copied().min_by(|a, b| a.total_cmp(b)));
    println!("{:?} {:?} {:?}", (1..4).max(), (1..1).min(), (1..4).last());
    println!("{:?} {:?}", (1..10).nth(3), (1..10).rev().nth(3));
    println!("{:?}", (1..4).map(|x| x as f64 / 2.0).sum::<f64>());
    println!("{:?}", (1..4).filter_map(|x| if x != 2 { Some(x * x) } else { None }).collect::<Vec<_>>());
    println!("{:?}", "a-b".split('-').zip(1..).collect::<Vec<_>>());
    println!("{:?}", vec![Some(1), None, Some(3)].into_iter().flatten().collect::<Vec<_>>());
    println!("{:?}", vec![Ok(1), Err("bad"), Ok(2)].into_iter().collect::<Result<Vec<i32>, &str>>());
    println!("{:?}", vec![Some(1), Some(2)].into_iter().sum::<Option<i32>>());
    println!("{:?}", (1..4).inspect(|x| print!("<{}>", x)).map(|x| x + 1).collect::<Vec<_>>());
    println!("{:?} {:?}", (1..4).cmp(1..5), (1..4).eq([1, 2, 3]));
    println!("{:?}", (0..5).map(|x| x * x).rev().skip(1).step_by(2).collect::<Vec<_>>());
    let mut it = (0..10).into_iter();
    println!("{:?} {:?}", it.by_ref().take(3).collect::<Vec<_>>(), it.next());
    println!("{:?} {:?}", it.size_hint(), it.len());
    println!("{:?}", std::iter::once(1).chain(std::iter::repeat(2).take(2)).chain(std::iter::empty()).collect::<Vec<i32>>());
    println!("{:?}", std::iter::successors(Some(1u32), |x| if *x < 100 { Some(x * 3) } else { None }).collect::<Vec<_>>());
    let mut c = 0;
    println!("{:?}", std::iter::from_fn(|| { c += 1; if c < 4 { Some(c) } else { None } }).collect::<Vec<_>>());
    println!("{:?}", std::iter::repeat_with(|| 5).take(2).collect::<Vec<_>>());
    println!("{:?}", (1..4).map_while(|x| if x < 3 { Some(x * 2) } else { None }).collect::<Vec<_>>());
    println!("{:?}", (1..=3).try_fold(0i8, |a, x| a.checked_add(x * 50)));
    println!("{:?}", (1..=3).reduce(|a, b| a * b));
    println!("{:?}", [3, 1, 2].iter().copied().is_sorted());
    println!("{:?}", ["x", "y"].iter().zip([1, 2].iter()).map(|(a, b)| format!("{}{}", a, b)).collect::<Vec<_>>().concat());
    println!("{:?}", (1..=2).flat_map(|x| vec![x; x]).collect::<Vec<_>>());
    let total: u64 = (1..=10u64).filter(|n| n % 2 == 1).map(|n| n.pow(2)).sum();
    println!("{}", total);
    (1..3).for_each(|x| print!("{} ", x));
    println!();
    for (i, c) in "abc".chars().enumerate().skip(1) { print!("{}{} ", i, c); }
    println!();
    for x in (1..10).rev().step_by(4) { print!("{} ", x); }
    println!();
    let v = vec![1, 2, 3, 4, 5, 6];
    let (small, large): (Vec<&i32>, Vec<&i32>) = v.iter().partition(|x| **x < 4);
    println!("{:?} {:?}", small, large);
    println!("{:?}", v.iter().rposition(|x| *x == 3));
    println!("{:?}", v.chunks(2).map(|c| c.iter().sum::<i32>()).collect::<Vec<_>>());
    println!("{}", v.iter().map(|x| x.to_string()).collect::<Vec<_>>().join(","));
    println!("{:?}", v.iter().min_by(|a, b| (*a % 3).cmp(&(*b % 3))));
    println!("{:?}", v.iter().fuse().last());
    println!("{:?}", (0..3).zip("abc".chars()).unzip::<i32, char, Vec<_>, String>());
    println!("{:?}", (1..=5).rev().collect::<std::collections::VecDeque<_>>());
    println!("{:?} {:?}", (0..5).min_by_key(|x| (x - 2) * (x - 2)), (0..5).sum::<i32>().max(3));
    println!("{:?}", ('a'..='e').step_by(2).collect::<String>());
    println!("{:?}", (0u8..=255).count());
    println!("{:?}", (0..6).collect::<Vec<_>>().chunks(4).map(|c| c.to_vec()).collect::<Vec<_>>());
    println!("{:?}", [1, 2, 3].iter().product::<i32>());
    println!("{:?}", [[1, 2], [3, 4]].iter().flat_map(|r| r.iter()).copied().collect::<Vec<i32>>());
    println!("{:?} {}", (1..4).partial_cmp(1..4), (1..4).lt(2..3));
    println!("{:?}", (1..4).zip(4..).zip(7..).map(|((a, b), c)| a + b + c).collect::<Vec<_>>());
}
