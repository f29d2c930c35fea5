trait Speak {
    fn speak(&self);
}
struct Quiet;
impl Speak for Quiet {
    fn speak(&self) {}
}
fn main() {
    let _never_called: Box<dyn Fn() + Send + 'static> = Box::new(|| println!("hi"));
    let _objects: Vec<Box<dyn Speak>> = vec![Box::new(Quiet)];
    println!("done");
}
