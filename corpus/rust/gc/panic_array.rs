// An index beyond a shared array ends the program at the caller's line.
#[wasm::gc]
fn last_but(items: GcArray<u8>, back: usize) -> u8 {
    items[items.len() - back]
}

fn main() {
    let items = GcArray::from([1, 2, 3]);
    println!("{}", last_but(items, 1));
    items.truncate(1);
    println!("{:?}", items);
    println!("{}", last_but(items, 0));
}
