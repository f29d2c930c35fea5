fn total(items: &[i32]) -> i32 { items.iter().sum() }
fn main() {
    let items = vec![1, 2, 3];
    let shared = GcArray::from([1, 2, 3]);
    let mut sum = 0;
    for _ in 0..3 {
        sum += total(&shared.to_vec()); //~ GC101
        let name: GcString = "x".into(); //~ GC101
        sum += name.len() as i32;
    }
    let there = GcArray::from(items);
    let back = there.to_vec(); //~ GC102
    let text = String::from("abc");
    let copied = GcString::from(text.as_str()); //~ GC103
    let mut line = GcString::new();
    for i in 0..3 {
        line += "a"; //~ GC104
        for j in 0..i {
            let row = GcArray::new(); //~ GC105
            row.push(j);
            sum += row[0];
        }
    }
    let free = GcString::from(format!("{}", sum));
    println!("{} {:?} {} {} {}", sum, back, copied, line, free);
    let strings = shared.map(|x| GcString::from(format!("{x}")));
    println!("{:?}", strings);
}
