fn main() {
    let x = 2.75f64;
    println!("{} {} {} {} {} {}", x.floor(), x.ceil(), x.trunc(), x.round(), x.fract(), (-x).round());
    println!("{} {} {}", 2.5f64.round(), (-2.5f64).round(), 2.5f64.round_ties_even());
    println!("{} {} {} {}", x.sqrt(), x.powi(3), x.powi(-2), x.recip());
    println!("{} {} {} {}", (-x).abs(), x.signum(), (-0.0f64).signum(), x.copysign(-1.0));
    println!("{} {} {} {}", 1.0f64.min(2.0), 1.0f64.max(f64::NAN), 5.0f64.clamp(0.0, 1.0), x.mul_add(2.0, 1.0));
    println!("{} {} {} {}", x.to_bits(), f64::from_bits(4611686018427387904), 1.5f32.to_bits(), f32::from_bits(1073741824));
    println!("{:?} {:?} {:?}", 1.0f64.total_cmp(&2.0), f64::NAN.partial_cmp(&1.0), (-0.0f64).total_cmp(&0.0));
    println!("{} {} {}", f64::NAN.is_nan(), f64::INFINITY.is_infinite(), 1.0f64.is_finite());
    println!("{} {} {}", f64::EPSILON, f64::MIN_POSITIVE, f32::MAX);
    println!("{} {} {}", 7.5 % 2.0, -7.5 % 2.0, (-7.5f64).rem_euclid(2.0));
    println!("{} {}", 3f64.hypot(4.0), 180f64.to_radians());
    println!("{:?} {:?} {:?} {:?}", "3.25".parse::<f64>(), "1e3".parse::<f64>(), "-.5".parse::<f64>(), "inf".parse::<f64>());
    println!("{:?} {:?} {:?}", "".parse::<f64>(), "abc".parse::<f32>(), "1.2.3".parse::<f64>());
    println!("{} {} {}", 0.1 + 0.2, 1.0 / 3.0, 100.0 / 3.0);
    println!("{:.0} {:.0} {:.0} {:.1} {:.2}", 0.5, 1.5, 2.5, 0.25, 1.005);
    println!("{:.5} {:.20} {:.3e} {:e}", 1e-10, 0.1, 123456.0, 0.0);
    println!("{} {}", 5e-324, 1.7976931348623157e308);
    println!("{:?}", [3.5, -1.0, 2.25].iter().cloned().fold(f64::NEG_INFINITY, f64::max));
    let mut values = vec![2.5, -1.0, 9.75, 0.0];
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    println!("{:?} {}", values, values.iter().sum::<f64>());
    println!("{}", std::f64::consts::PI);
    println!("{} {}", 9.99f64 as u8, -9.99f64 as i8);
    println!("{}", (1u64 << 53) as f64 + 1.0);
    println!("{:8.3}|{:<8.3}|{:+.2}|{:08.2}", 3.14159, 3.14159, 3.14159, -3.14159);
}
