// `vec![value; count]`: its count is an ordinary expression, and closures capture what it reads.
fn total(values: &[i32]) -> i32 {
    values.iter().sum()
}

struct Said(usize);

impl Drop for Said {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}

fn main() {
    let mut times = 3;
    let sum = |x: i32| total(&vec![x; times as usize]);
    println!("{} {}", sum(5), sum(7));
    times += 1;
    let lasting: Box<dyn Fn(u8) -> Vec<u8>> = {
        let length = times + 1;
        Box::new(move |byte| vec![byte; length as usize])
    };
    println!("{:?}", lasting(9));
    let mut calls = 0;
    let mut longer = || {
        vec!['x'; {
            calls += 1;
            calls
        }]
    };
    println!("{:?} {:?}", longer(), longer());
    println!("{calls}");
    let said = Said(2);
    let once = || vec![0u8; { said }.0];
    println!("{:?}", once());
    println!("{times}");
}
