use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::num::{ParseFloatError, ParseIntError};
use std::str::FromStr;

#[derive(Debug)]
#[non_exhaustive]
pub enum CsvError { Columns { line: usize, found: usize, expected: usize }, Int(ParseIntError), Float(ParseFloatError), UnterminatedQuote(usize), Other(Box<dyn Error>) }
impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns { line, found, expected } => write!(f, "line {line}: {found} column{} instead of {expected}", if *found == 1 { "" } else { "s" }),
            Self::Int(e) => write!(f, "integer: {e}"),
            Self::Float(e) => write!(f, "float: {}", e),
            Self::UnterminatedQuote(n) => write!(f, "line {n}: quote"),
            Self::Other(e) => write!(f, "other: {e}"),
        }
    }
}
impl Error for CsvError { fn source(&self) -> Option<&(dyn Error + 'static)> { match self { Self::Int(e) => Some(e), Self::Float(e) => Some(e), Self::Other(e) => Some(e.as_ref()), _ => None } } }
macro_rules! from_error { ($($from:ty => $variant:ident),* $(,)?) => { $(impl From<$from> for CsvError { fn from(e: $from) -> Self { CsvError::$variant(e) } })* } }
from_error! { ParseIntError => Int, ParseFloatError => Float, Box<dyn Error> => Other, }
impl From<&str> for CsvError { fn from(s: &str) -> Self { CsvError::Other(s.into()) } }
impl From<String> for CsvError { fn from(s: String) -> Self { CsvError::Other(From::from(s)) } }

#[derive(Debug, Clone, PartialEq)]
enum Cell { Empty, Int(i64), Real(f64), Text(String) }
impl FromStr for Cell {
    type Err = std::convert::Infallible;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Ok(match s {
            "" => Cell::Empty,
            s => s.parse().map(Cell::Int).or_else(|_| s.parse().map(Cell::Real)).unwrap_or_else(|_: ParseFloatError| Cell::Text(s.to_string())),
        })
    }
}
impl TryFrom<&Cell> for f64 { type Error = String; fn try_from(c: &Cell) -> Result<f64, String> { match *c { Cell::Int(i) => Ok(i as f64), Cell::Real(r) => Ok(r), ref c => Err(format!("not a number: {c:?}")) } } }
impl PartialEq<str> for Cell { fn eq(&self, o: &str) -> bool { matches!(self, Cell::Text(t) if t == o) } }

struct Table { header: Vec<String>, rows: Vec<Vec<Cell>> }
fn fields(line: &str, n: usize) -> Result<Vec<String>, CsvError> {
    #[derive(PartialEq)] enum S { Start, Plain, Quoted, QuoteInQuoted }
    let mut out = vec![String::new()]; let mut s = S::Start;
    for c in line.chars() {
        s = match (s, c) {
            (S::Start, '"') => S::Quoted,
            (S::Start | S::Plain | S::QuoteInQuoted, ',') => { out.push(String::new()); S::Start }
            (S::Quoted, '"') => S::QuoteInQuoted,
            (S::QuoteInQuoted, '"') => { out.last_mut().unwrap().push('"'); S::Quoted }
            (q @ S::Quoted, c) => { out.last_mut().unwrap().push(c); q }
            (_, c) => { if let Some(l) = out.last_mut() { l.push(c) } S::Plain }
        };
    }
    if s == S::Quoted { return Err(CsvError::UnterminatedQuote(n)); }
    Ok(out)
}
impl FromStr for Table {
    type Err = CsvError;
    fn from_str(s: &str) -> Result<Self, CsvError> {
        let mut lines = s.lines().enumerate().map(|(i, l)| (i + 1, l)).filter(|(_, l)| !l.starts_with('#'));
        let header = match lines.next() { Some((n, l)) => fields(l, n)?, None => return Err("empty".into()) };
        let rows = lines.map(|(n, l)| {
            let f = fields(l, n)?;
            if f.len() != header.len() { return Err(CsvError::Columns { line: n, found: f.len(), expected: header.len() }); }
            Ok(f.iter().map(|s| s.trim().parse().unwrap()).collect())
        }).collect::<Result<Vec<Vec<Cell>>, _>>()?;
        Ok(Table { header, rows })
    }
}
impl Table {
    fn column<'a>(&'a self, name: &str) -> Option<impl Iterator<Item = &'a Cell> + 'a> {
        let i = self.header.iter().position(|h| h == name)?;
        Some(self.rows.iter().map(move |r| &r[i]))
    }
    fn sum(&self, name: &str) -> Result<f64, CsvError> {
        let mut t = 0.0;
        for c in self.column(name).ok_or_else(|| format!("no column {name}"))? { t += f64::try_from(c)?; }
        Ok(t)
    }
    fn group<K: Ord, F>(&self, f: F) -> BTreeMap<K, Vec<&[Cell]>> where F: Fn(&[Cell]) -> K {
        let mut m = BTreeMap::new();
        for r in &self.rows { m.entry(f(r)).or_insert_with(Vec::new).push(r.as_slice()); }
        m
    }
}
fn kv(s: &str) -> Result<(u8, f32), CsvError> { let (a, b) = s.split_once(':').ok_or("no colon")?; Ok((a.parse()?, b.parse()?)) }
fn chain(e: &dyn Error) -> String { let mut s = e.to_string(); let mut cur = e.source(); while let Some(c) = cur { s = s + " <- " + &c.to_string(); cur = c.source(); } s }

fn main() {
    let t: Table = "name,qty,price\n# comment\nbolt,10,0.25\n\"nut, hex\",5,1e-1\n\"say \"\"hi\"\"\",,3\n".parse().unwrap_or_else(|e: CsvError| panic!("{e}"));
    for r in &t.rows { println!("{r:?}"); }
    println!("{:?} {:?}", t.sum("price").ok(), t.sum("qty").map_err(|e| e.to_string()));
    println!("{}", t.sum("nope").unwrap_err());
    println!("{:?}", t.group(|r| r[1] == Cell::Empty).into_iter().map(|(k, v)| (k, v.len())).collect::<Vec<_>>());
    println!("{}", t.rows[0][0] == *"bolt");
    for s in ["a,b\n1", "a,b\n\"x,1", "", "a,b\n1,2"] { match s.parse::<Table>() { Ok(t) => println!("ok {}", t.rows.len()), Err(e) => println!("{}", chain(&e)) } }
    for s in ["1:2.5", "300:1", "x:1", "1:", "12", "-1:0", ":1"] { match kv(s) { Ok((a, b)) => println!("{a} {b:?}"), Err(e) => println!("{}", chain(&e)) } }
}
