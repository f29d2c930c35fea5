use std::fmt;
#[derive(Debug, PartialEq)]
enum Fault { Parse(std::num::ParseIntError), Negative(i64) }
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { match self { Fault::Parse(e) => write!(f, "parse: {}", e), Fault::Negative(n) => write!(f, "negative: {}", n) } }
}
impl std::error::Error for Fault {}
impl From<std::num::ParseIntError> for Fault { fn from(e: std::num::ParseIntError) -> Self { Fault::Parse(e) } }
fn read(s: &str) -> Result<i64, Fault> {
    let n: i64 = s.trim().parse()?;
    if n < 0 { return Err(Fault::Negative(n)); }
    Ok(n)
}
fn boxed(s: &str) -> Result<i64, Box<dyn std::error::Error>> {
    let n = read(s)?;
    if n == 7 { return Err("seven".into()); }
    if n == 8 { return Err(Box::from(format!("eight {}", n))); }
    Ok(n)
}
fn first_even(v: &[i32]) -> Option<i32> { let x = v.iter().find(|x| *x % 2 == 0)?; Some(*x * 10) }
fn main() {
    for s in ["5", " 12 ", "x", "-3", ""] { match read(s) { Ok(n) => println!("ok {}", n), Err(e) => println!("err {} / {:?}", e, e) } }
    for s in ["1", "7", "8", "q"] { match boxed(s) { Ok(n) => println!("ok {}", n), Err(e) => println!("err {}", e) } }
    println!("{:?} {:?}", first_even(&[1, 4]), first_even(&[1]));
    let some = Some(3);
    let none: Option<i32> = None;
    println!("{:?} {:?} {:?}", some.map(|x| x + 1), none.map(|x| x + 1), some.and_then(|x| if x > 5 { Some(x) } else { None }));
    println!("{} {} {} {}", some.unwrap_or(0), none.unwrap_or(9), none.unwrap_or_else(|| 8), none.unwrap_or_default());
    println!("{:?} {:?} {:?}", some.or(Some(1)), none.or(Some(1)), none.or_else(|| Some(2)));
    println!("{:?} {:?} {:?}", some.filter(|x| *x > 5), some.xor(none), some.and(Some("z")));
    println!("{:?} {:?}", some.ok_or("none"), none.ok_or("none"));
    println!("{} {}", some.map_or(0, |x| x * 2), none.map_or_else(|| -1, |x| x * 2));
    println!("{} {} {}", some.is_some_and(|x| x > 2), none.is_none(), some.is_some());
    println!("{:?} {:?}", some.zip(Some('a')), Some((1, 'b')).unzip());
    println!("{:?} {:?}", Some(Some(1)).flatten(), Some(Ok::<i32, String>(1)).transpose());
    println!("{:?} {:?}", some.iter().count(), some.into_iter().chain(none).collect::<Vec<_>>());
    let mut m = Some(5);
    if let Some(x) = m.as_mut() { *x += 1; }
    println!("{:?}", m.take());
    println!("{:?}", m.replace(2));
    println!("{:?}", m.get_or_insert(7));
    println!("{:?}", m.insert(4));
    println!("{:?} {:?}", m.take_if(|x| *x == 5), m.take_if(|x| *x == 4));
    println!("{:?}", m.get_or_insert_with(|| 11));
    let name: Option<String> = Some("abc".to_string());
    println!("{:?} {:?} {}", name.as_deref(), name.as_ref().map(|s| s.len()), name.clone().unwrap_or_default());
    println!("{:?} {:?}", Some(1) < Some(2), None < Some(0));
    println!("{:?} {:?}", Some(&5).copied(), Some(&String::from("c")).cloned());
    let ok: Result<i32, String> = Ok(3);
    let err: Result<i32, String> = Err("bad".into());
    println!("{:?} {:?} {:?}", ok.clone().map(|x| x + 1), err.clone().map_err(|e| e.len()), err.clone().unwrap_or(1));
    println!("{:?} {:?} {:?}", ok.clone().ok(), err.clone().ok(), err.clone().err());
    println!("{:?} {:?}", ok.clone().and_then(|x| if x > 5 { Ok(x) } else { Err("small".to_string()) }), err.clone().or_else(|e| if e == "bad" { Ok::<i32, String>(0) } else { Err(e) }));
    println!("{} {} {}", ok.is_ok(), err.is_err(), err.clone().unwrap_or_else(|e| e.len() as i32));
    println!("{:?} {:?}", ok.as_ref().unwrap(), err.as_ref().unwrap_err());
    println!("{:?} {:?}", ok.iter().next(), ok.clone().into_iter().sum::<i32>());
    println!("{} {}", ok.clone().map_or(0, |x| x), ok.clone().is_ok_and(|x| x == 3));
    println!("{:?}", ok.clone().and(Ok::<u8, String>(1)));
    println!("{:?}", Ok::<Option<i32>, String>(Some(1)).transpose());
    println!("{}", err.clone().unwrap_or_default());
    if let Ok(n) | Err(n) = "5".parse::<i32>().map_err(|_| 0) { println!("{}", n); }
    let Some(q) = some else { panic!("none") };
    println!("{}", q);
    let v: Vec<i32> = ["1", "x", "3"].iter().flat_map(|s| s.parse()).collect();
    println!("{:?}", v);
    let text = ok.as_ref().map(|x| x.to_string()).unwrap_or_else(|e| e.clone());
    println!("{}", text);
    let e: Box<dyn std::error::Error> = From::from("boxed");
    println!("{} {:?}", e, e.to_string());
    println!("{}", err.expect("the message"));
}
