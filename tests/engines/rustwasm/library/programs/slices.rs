fn main() {
    let mut v = vec![5, 3, 8, 1, 9, 2];
    println!("{:?} {:?} {:?} {:?}", v.first(), v.last(), v.get(2), v.get(10));
    println!("{:?} {:?} {:?}", v.get(1..3), v.iter().max(), v.iter().min());
    v.sort();
    println!("{:?} {:?} {:?}", v, v.binary_search(&8), v.binary_search(&4));
    v.reverse();
    println!("{:?}", v);
    v.swap(0, 5);
    println!("{:?} {:?}", &v[1..3], &v[4..]);
    println!("{:?}", v.windows(2).map(|w| w[0] - w[1]).collect::<Vec<_>>());
    println!("{:?}", v.chunks(4).collect::<Vec<_>>());
    println!("{:?}", v.chunks_exact(4).map(|c| c.len()).collect::<Vec<_>>());
    println!("{:?}", v.rchunks(4).collect::<Vec<_>>());
    println!("{:?} {:?}", v.chunks(4).rev().collect::<Vec<_>>(), v.chunks_exact(4).rev().collect::<Vec<_>>());
    let mut ends = v.chunks(3); println!("{:?} {:?} {:?}", ends.next_back(), ends.next_back(), ends.collect::<Vec<_>>());
    println!("{} {} {}", v.contains(&8), v.starts_with(&[1]), v.ends_with(&[2, 9]));
    println!("{:?} {:?}", v.split_at(2), v.split_first());
    println!("{:?}", v.split(|x| *x == 3).collect::<Vec<_>>());
    println!("{:?} {:?}", v.iter().position(|&x| x == 5), v.concat_check());
    v.rotate_left(2);
    println!("{:?}", v);
    v.rotate_right(1);
    println!("{:?}", v);
    v.fill(7);
    println!("{:?}", v);
    let mut w = [1, 2, 3, 4];
    w.copy_from_slice(&[9, 8, 7, 6]);
    w[1..3].clone_from_slice(&[0, 0]);
    println!("{:?} {}", w, w.len());
    w.copy_within(0..2, 2);
    println!("{:?}", w);
    for x in w.iter_mut() { *x += 1; }
    println!("{:?}", w);
    let (a, b) = w.split_at_mut(2);
    a[0] = b[1];
    println!("{:?}", w);
    if let Some(x) = w.last_mut() { *x = 100; }
    println!("{:?} {:?}", w, w.to_vec());
    println!("{:?}", [[1, 2], [3, 4]].concat());
    println!("{:?}", [vec![1], vec![2, 3]].join(&0));
    println!("{:?} {:?}", [1, 2].cmp(&[1, 3]), [1, 2, 3] == [1, 2, 3]);
    println!("{:?}", [3, 1, 2].map(|x| x * 2));
    let mut words = vec!["pear", "fig", "apple"];
    words.sort_by_key(|w| w.len());
    println!("{:?}", words);
    words.sort_by(|a, b| b.cmp(a));
    println!("{:?}", words);
    words.sort_unstable();
    println!("{:?} {}", words, words.is_sorted());
    println!("{:?}", words.iter().map(|w| w.len()).collect::<Vec<usize>>());
    println!("{:?}", words.binary_search_by(|w| w.len().cmp(&3)));
    println!("{}", vec![1, 2, 4, 7].partition_point(|&x| x < 4));
    let mut pairs = vec![(2, 'b'), (1, 'z'), (2, 'a'), (1, 'y')];
    pairs.sort_by_key(|p| p.0);
    println!("{:?}", pairs);
    pairs.sort_unstable_by(|a, b| b.1.cmp(&a.1));
    println!("{:?}", pairs);
    let big: Vec<u32> = (0..100).map(|i| (i * 7919) % 101).collect();
    let mut sorted = big.clone();
    sorted.sort();
    println!("{:?}", &sorted[..10]);
    let mut grid = vec![vec![0; 3]; 2];
    grid[1][2] = 5;
    println!("{:?} {}", grid, grid.iter().flatten().sum::<i32>());
    let array = [[0u8; 3]; 2];
    println!("{:?}", array);
    println!("{:?}", <[i32; 3]>::try_from(&[1, 2, 3][..]));
    let sum: i32 = [1, 2, 3].into_iter().sum();
    println!("{}", sum);
    match &[1, 2, 3, 4][..] {
        [first, .., last] => println!("{} {}", first, last),
        _ => {}
    }
    if let [x, rest @ ..] = &[1, 2, 3][..] { println!("{} {:?}", x, rest); }
    println!("{:?}", [1, 2, 3, 4, 5].iter().rev().step_by(2).collect::<Vec<_>>());
    println!("{:?}", vec![1.5, 0.5].iter().cloned().fold(f64::INFINITY, f64::min));
    println!("{:?}", ["b", "a"].iter().max());
    println!("{:?}", [1, 5, 2].iter().max_by_key(|&&x| x));
    println!("{:?}", b"abc".iter().map(|b| b - b'a').collect::<Vec<u8>>());
    println!("{:?} {:?}", [0; 0].first() as Option<&i32>, [1].split_last());
    let mut s = [5, 4, 3, 2, 1];
    s[1..4].sort();
    println!("{:?}", s);
    println!("{:?}", s.select_nth_unstable(2).1);
    for chunk in s.chunks_mut(2) { chunk[0] = 0; }
    println!("{:?}", s);
    println!("{:?}", s.repeat(2));
    println!("{:?} {:?}", s.iter().copied().reduce(|a, b| a + b), [].iter().copied().reduce(|a: i32, b| a + b));
}
trait Check { fn concat_check(&self) -> usize; }
impl Check for [i32] { fn concat_check(&self) -> usize { self.len() } }
