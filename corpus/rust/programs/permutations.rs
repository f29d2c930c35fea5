fn permute<T: Clone>(items: &mut Vec<T>, start: usize, out: &mut Vec<Vec<T>>) {
    if start == items.len() {
        out.push(items.clone());
        return;
    }
    for i in start..items.len() {
        items.swap(start, i);
        permute(items, start + 1, out);
        items.swap(start, i);
    }
}

fn next_permutation(items: &mut [u8]) -> bool {
    if items.len() < 2 {
        return false;
    }
    let mut i = items.len() - 1;
    while i > 0 && items[i - 1] >= items[i] {
        i -= 1;
    }
    if i == 0 {
        return false;
    }
    let mut j = items.len() - 1;
    while items[j] <= items[i - 1] {
        j -= 1;
    }
    items.swap(i - 1, j);
    items[i..].reverse();
    true
}

fn subsets(items: &[i32]) -> Vec<Vec<i32>> {
    match items.split_first() {
        None => vec![vec![]],
        Some((first, rest)) => {
            let without = subsets(rest);
            let mut all = without.clone();
            for mut one in without {
                one.insert(0, *first);
                all.push(one);
            }
            all
        }
    }
}

fn main() {
    let mut out = Vec::new();
    permute(&mut vec!['a', 'b', 'c'], 0, &mut out);
    for one in &out {
        print!("{} ", one.iter().collect::<String>());
    }
    println!();
    let mut digits = [1, 2, 3, 4];
    let mut count = 1;
    while next_permutation(&mut digits) {
        count += 1;
    }
    println!("{} {:?}", count, digits);
    println!("{:?}", subsets(&[1, 2, 3]));
}
