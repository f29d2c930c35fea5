// GcString: parts share the text, joining makes a new one.
fn shout(text: GcString) -> GcString {
    GcString::from(text.to_uppercase())
}

#[wasm::gc]
fn centred(text: GcString, width: usize) -> GcString {
    let free = width - text.len();
    let space = GcString::from(" ");
    space.repeat(free / 2) + text + space.repeat(free - free / 2)
}

fn main() {
    let line = GcString::from("  one, two,three ,  four ");
    let parts = line.split_by(',').map(|part| part.trim());
    println!("{:?} {}", parts, parts.len());
    let copy = parts;
    copy[0] += "!";
    println!("{} {} {}", parts[0], shout(parts[1]), line.len());
    println!("[{}]", centred(parts[3], 9));
    let all = parts.fold(GcString::new(), |text, part| text + part + "/");
    println!("{} {:?} {:?}", all, all.find("three"), all.chars().rev().take(4).collect::<GcString>());
    parts.sort();
    println!("{:?} {:?}", parts, parts.binary_search("three".into()));
    println!("{} {} {}", parts[0] < parts[1], parts[0] == "four", parts[0].same(parts[0]));
    let umlauts = GcString::from("Grüße");
    println!("{} {} {}", umlauts.len(), umlauts.chars().count(), umlauts.slice(2..4));
    println!("{:>8}|{:<8}|{:^8}", parts[0], parts[1], parts[2]);
    let owned: String = umlauts.into();
    println!("{}", owned + "n");
}
