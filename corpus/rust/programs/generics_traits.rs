use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

trait Monoid {
    const NAME: &'static str;
    fn empty() -> Self;
    fn combine(&self, other: &Self) -> Self;
}

impl Monoid for i32 {
    const NAME: &'static str = "sum";
    fn empty() -> Self {
        0
    }
    fn combine(&self, other: &Self) -> Self {
        self + other
    }
}

impl Monoid for String {
    const NAME: &'static str = "concatenation";
    fn empty() -> Self {
        String::new()
    }
    fn combine(&self, other: &Self) -> Self {
        format!("{}{}", self, other)
    }
}

impl<A: Monoid, B: Monoid> Monoid for (A, B) {
    const NAME: &'static str = "pair";
    fn empty() -> Self {
        (A::empty(), B::empty())
    }
    fn combine(&self, other: &Self) -> Self {
        (self.0.combine(&other.0), self.1.combine(&other.1))
    }
}

fn fold_all<M: Monoid>(items: &[M]) -> M {
    items.iter().fold(M::empty(), |acc, item| acc.combine(item))
}

fn group_by<T, K, F>(items: Vec<T>, key: F) -> Vec<(K, Vec<T>)>
where
    K: Eq + Hash + Ord + Clone,
    F: Fn(&T) -> K,
{
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    let mut out: Vec<(K, Vec<T>)> = groups.into_iter().collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

trait Describe {
    fn describe(&self) -> String;
}

impl<T: Debug> Describe for Option<T> {
    fn describe(&self) -> String {
        match self {
            Some(inner) => format!("just {:?}", inner),
            None => "nothing".to_string(),
        }
    }
}

trait Container {
    type Item;
    fn items(&self) -> Vec<Self::Item>;
    fn first(&self) -> Option<Self::Item> {
        self.items().into_iter().next()
    }
}

struct Range3(i32);

impl Container for Range3 {
    type Item = i32;
    fn items(&self) -> Vec<i32> {
        (self.0..self.0 + 3).collect()
    }
}

fn total<C: Container>(container: &C) -> i64
where
    C::Item: Into<i64>,
{
    container.items().into_iter().map(Into::into).sum()
}

fn main() {
    println!("{} {}", i32::NAME, fold_all(&[1, 2, 3]));
    println!("{} {:?}", <(i32, String)>::NAME, fold_all(&[(1, "a".to_string()), (2, "b".to_string())]));
    println!("{:?}", group_by(vec!["one", "two", "three", "four", "five"], |word| word.len()));
    println!("{} {}", Some(3).describe(), None::<u8>.describe());
    println!("{:?} {}", Range3(5).first(), total(&Range3(5)));
}
