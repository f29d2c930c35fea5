fn main() {
    let v = vec![vec![1, 2], vec![], vec![3]];
    println!("{:?}", v.iter().flatten().rev().collect::<Vec<_>>());
    println!("{:?}", v.iter().flat_map(|x| x.iter().map(|y| y * 2)).rev().collect::<Vec<_>>());
    let mut f = v.iter().flatten(); println!("{:?} {:?} {:?} {:?}", f.next_back(), f.next(), f.next(), f.next());
    println!("{:?} {:?}", (0..10).filter(|x| x % 2 == 0).size_hint(), (0..10).chain(3..5).size_hint());
    println!("{:?} {:?}", (0..10).step_by(3).size_hint(), (0..10).zip(0..3).size_hint());
    let mut p = (0..3).peekable(); p.peek(); println!("{:?} {:?}", p.size_hint(), (0..3).cycle().size_hint() == (usize::MAX, None));
    println!("{:?} {:?} {:?}", (0..=5).size_hint(), (0..3).take(9).size_hint(), (0..3).skip(2).size_hint());
    let x: Vec<i32> = std::iter::repeat_n(7, 3).chain(std::iter::once_with(|| 8)).collect(); println!("{x:?}");
    println!("{:?} {:?}", ["1", "x"].iter().map(|s| s.parse::<i32>().ok()).product::<Option<i32>>(), ["2", "3"].iter().map(|s| s.parse::<i32>()).product::<Result<i32, _>>());
    let (a, b): (Vec<i32>, Vec<char>) = vec![(1, 'a'), (2, 'b')].into_iter().collect(); println!("{a:?} {b:?}");
    let mut t = (vec![0], String::new()); t.extend([(1, 'x'), (2, 'y')]); println!("{t:?}");
    println!("{:?}", std::iter::chain([1], vec![2, 3]).collect::<Vec<_>>());
    let mut pk = [1, 2, 3].iter().peekable(); pk.peek(); println!("{:?} {:?} {:?} {:?}", pk.next_back(), pk.next_back(), pk.next_back(), pk.next_back());
    println!("{}", (1..=3).inspect(|x| print!("<{x}>")).rev().sum::<i32>());
}
