fn escapes(cx: f64, cy: f64) -> u32 {
    let (mut x, mut y) = (0.0, 0.0);
    for n in 0..100 {
        if x * x + y * y > 4.0 {
            return n;
        }
        let next = x * x - y * y + cx;
        y = 2.0 * x * y + cy;
        x = next;
    }
    100
}

fn main() {
    let shades = [b' ', b'.', b':', b'-', b'=', b'+', b'*', b'#', b'%', b'@'];
    for row in 0..21 {
        let mut line = String::new();
        for column in 0..60 {
            let n = escapes(column as f64 / 20.0 - 2.2, row as f64 / 8.0 - 1.25);
            line.push(shades[(n / 11) as usize] as char);
        }
        println!("{}", line.trim_end());
    }
}
