struct Named(&'static str);
impl Drop for Named {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn main() {
    {
        let [first, rest @ ..] = [Named("a"), Named("b"), Named("c")];
        println!("{} {}", rest.len(), rest[0].0);
        drop(first);
        println!("then");
    }
    let held = ([Named("d"), Named("e"), Named("f"), Named("g")], 7);
    if let ([_, middle @ .., last], 7) = held {
        println!("{} {}", middle[1].0, last.0);
    }
    println!("end");
}
