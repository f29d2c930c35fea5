fn find(values: &[i32], wanted: i32) -> Option<usize> {
    let (mut low, mut high) = (0, values.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if values[middle] == wanted {
            return Some(middle);
        } else if values[middle] < wanted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    None
}

fn main() {
    let values: Vec<i32> = (0..50).map(|n| n * n).collect();
    for wanted in [0, 49, 50, 2401, 3000] {
        match find(&values, wanted) {
            Some(place) => println!("{} is at {}", wanted, place),
            None => println!("{} is not there", wanted),
        }
    }
}
