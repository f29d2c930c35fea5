fn newton(f: impl Fn(f64) -> f64, derivative: impl Fn(f64) -> f64, start: f64) -> Option<f64> {
    let mut x = start;
    for _ in 0..50 {
        let slope = derivative(x);
        if slope.abs() < 1e-12 {
            return None;
        }
        let next = x - f(x) / slope;
        if (next - x).abs() < 1e-12 {
            return Some(next);
        }
        x = next;
    }
    None
}

fn integrate(f: &dyn Fn(f64) -> f64, a: f64, b: f64, steps: u32) -> f64 {
    let h = (b - a) / steps as f64;
    let mut sum = f(a) + f(b);
    for i in 1..steps {
        sum += f(a + i as f64 * h) * if i % 2 == 0 { 2.0 } else { 4.0 };
    }
    sum * h / 3.0
}

fn main() {
    println!("{:.10}", newton(|x| x * x - 2.0, |x| 2.0 * x, 1.0).unwrap());
    println!("{:?}", newton(|x| x * x + 1.0, |_| 0.0, 0.5));
    println!("{:.8}", integrate(&|x| x * x * x, 0.0, 2.0, 100));
    println!("{:.8}", integrate(&|x| 1.0 / (1.0 + x * x), 0.0, 1.0, 200) * 4.0);
    println!("{} {} {}", 1.0 / 3.0, 1e21, 0.1 + 0.2);
    println!("{} {} {:?}", f64::INFINITY, -0.0, 1.0f32);
    println!("{} {} {} {}", 2.5f64.round(), (-2.5f64).floor(), 2.4f64.ceil(), 9f64.sqrt());
    println!("{:.3e} {}", 123456.789, f32::MAX);
    println!("{} {}", f64::NAN == f64::NAN, 1.5f64.max(f64::NAN));
}
