fn back<I>(i: I) -> usize
where
    I: DoubleEndedIterator,
    I::Item: IntoIterator,
    <I::Item as IntoIterator>::IntoIter: DoubleEndedIterator,
{
    let mut n = 0;
    for part in i.rev() {
        for _ in part.into_iter().rev() {
            n += 1;
        }
    }
    n
}

fn last<U: IntoIterator>(parts: Vec<U>) -> Vec<U::Item>
where
    U::IntoIter: DoubleEndedIterator,
{
    let mut found = Vec::new();
    for part in parts {
        let one: Option<U::Item> = part.into_iter().next_back();
        found.extend(one);
    }
    found
}

fn both<I>(i: I) -> Vec<i32>
where
    I: IntoIterator,
    I::Item: IntoIterator<Item = i32>,
    <I::Item as IntoIterator>::IntoIter: DoubleEndedIterator + ExactSizeIterator,
{
    i.into_iter().flat_map(|part| {
        let part = part.into_iter();
        let n = part.len() as i32;
        part.rev().map(move |x| x * 10 + n)
    }).collect()
}

fn main() {
    println!("{}", back(vec![vec![1, 2], vec![3]].into_iter()));
    println!("{:?}", last(vec![vec!["a", "b"], vec![], vec!["c"]]));
    println!("{:?}", both(vec![vec![1, 2], vec![3]]));
    let flat: Vec<i32> = vec![vec![1, 2], vec![3]].into_iter().flatten().rev().collect();
    let mapped: Vec<u8> = [1u8, 2].into_iter().flat_map(|n| vec![n; n as usize]).rev().collect();
    println!("{flat:?} {mapped:?}");
}
