// Five sorts that have to agree.
fn bubble(values: &mut [i32]) {
    for end in (1..values.len()).rev() {
        for i in 0..end {
            if values[i] > values[i + 1] {
                values.swap(i, i + 1);
            }
        }
    }
}

fn insertion(values: &mut [i32]) {
    for i in 1..values.len() {
        let mut j = i;
        while j > 0 && values[j - 1] > values[j] {
            values.swap(j - 1, j);
            j -= 1;
        }
    }
}

fn quick(values: &mut [i32]) {
    if values.len() < 2 {
        return;
    }
    let last = values.len() - 1;
    let mut store = 0;
    for i in 0..last {
        if values[i] < values[last] {
            values.swap(i, store);
            store += 1;
        }
    }
    values.swap(store, last);
    let (left, right) = values.split_at_mut(store);
    quick(left);
    quick(&mut right[1..]);
}

fn merge(values: &[i32]) -> Vec<i32> {
    if values.len() < 2 {
        return values.to_vec();
    }
    let (left, right) = values.split_at(values.len() / 2);
    let (left, right) = (merge(left), merge(right));
    let mut out = Vec::with_capacity(values.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            out.push(left[i]);
            i += 1;
        } else {
            out.push(right[j]);
            j += 1;
        }
    }
    out.extend_from_slice(&left[i..]);
    out.extend_from_slice(&right[j..]);
    out
}

fn heap(values: &mut [i32]) {
    fn sift(values: &mut [i32], mut root: usize, end: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && values[child] < values[child + 1] {
                child += 1;
            }
            if values[root] >= values[child] {
                break;
            }
            values.swap(root, child);
            root = child;
        }
    }
    let length = values.len();
    for root in (0..length / 2).rev() {
        sift(values, root, length);
    }
    for end in (1..length).rev() {
        values.swap(0, end);
        sift(values, 0, end);
    }
}

fn main() {
    let mut seed = 12345u32;
    let mut original = Vec::new();
    for _ in 0..200 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        original.push((seed >> 16) as i32 % 1000 - 500);
    }
    let sorts: [(&str, fn(&mut [i32])); 4] =
        [("bubble", bubble), ("insertion", insertion), ("quick", quick), ("heap", heap)];
    let expected = merge(&original);
    for (name, sort) in sorts.iter() {
        let mut copy = original.clone();
        sort(&mut copy);
        println!("{}: {}", name, copy == expected);
    }
    let mut library = original.clone();
    library.sort();
    println!("library: {}", library == expected);
    println!("{:?} .. {:?}", &expected[..5], &expected[195..]);
}
