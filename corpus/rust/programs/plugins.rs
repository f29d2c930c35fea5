use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write};
use std::rc::Rc;

macro_rules! const_hook { () => { fn hook(&self) -> Option<&dyn Fn(&str) -> String> { None } }; }
pub trait Named { fn name(&self) -> &str; fn shout(&self) -> String { self.name().to_uppercase() } }
pub trait Plugin: Named + fmt::Debug {
    const_hook!();
    fn apply(&mut self, input: &Value) -> Result<Value, PluginError>;
    fn priority(&self) -> i32 { 0 }
    fn boxed_clone(&self) -> Box<dyn Plugin>;
}
#[derive(Debug, Clone, PartialEq)]
pub enum Value { Nil, Int(i64), Str(String), List(Vec<Value>), Map(BTreeMap<String, Value>) }
macro_rules! value {
    (null) => { Value::Nil };
    ([ $($e:tt),* $(,)? ]) => { Value::List(vec![$(value!($e)),*]) };
    ({ $($k:ident : $v:tt),* $(,)? }) => {{ #[allow(unused_mut)] let mut m = BTreeMap::new(); $(m.insert(stringify!($k).to_string(), value!($v));)* Value::Map(m) }};
    ($e:expr) => { Value::from($e) };
}
impl From<i64> for Value { fn from(i: i64) -> Self { Value::Int(i) } }
impl From<&str> for Value { fn from(s: &str) -> Self { Value::Str(s.to_owned()) } }
impl<T: Into<Value>> From<Vec<T>> for Value { fn from(v: Vec<T>) -> Self { Value::List(v.into_iter().map(Into::into).collect()) } }
impl<T> From<Option<T>> for Value where Value: From<T> { fn from(o: Option<T>) -> Self { o.map_or(Value::Nil, Value::from) } }
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"), Value::Int(i) => i.fmt(f), Value::Str(s) => write!(f, "{s:?}"),
            Value::List(l) => { f.write_char('[')?; for (i, v) in l.iter().enumerate() { if i != 0 { f.write_str(", ")?; } v.fmt(f)?; } f.write_char(']') }
            Value::Map(m) => f.debug_map().entries(m.iter().map(|(k, v)| (k, format_args!("{v}").to_string()))).finish(),
        }
    }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum PluginError { Unsupported, Overflow = 10, Custom(u8) = 20 }
#[derive(Debug, Clone, Default)] struct Doubler { calls: usize }
#[derive(Debug, Clone)] struct Prefixer<'s>(&'s str);
#[derive(Clone)] struct Hooked<F>(F, String);
impl<F> fmt::Debug for Hooked<F> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_struct("Hooked").field("name", &self.1).finish_non_exhaustive() } }
impl Named for Doubler { fn name(&self) -> &str { "doubler" } }
impl Named for Prefixer<'_> { fn name(&self) -> &str { self.0 } fn shout(&self) -> String { format!("<{}>", self.0) } }
impl<F> Named for Hooked<F> { fn name(&self) -> &str { &self.1 } }
impl Plugin for Doubler {
    fn apply(&mut self, v: &Value) -> Result<Value, PluginError> {
        self.calls += 1;
        Ok(match v {
            Value::Int(i) => i.checked_mul(2).map(Value::Int).ok_or(PluginError::Overflow)?,
            Value::Str(s) => Value::Str(s.repeat(2)),
            Value::List(l) => Value::List(l.iter().map(|v| self.apply(v)).collect::<Result<_, _>>()?),
            Value::Map(m) => m.iter().map(|(k, v)| Ok((k.clone(), self.apply(v)?))).collect::<Result<BTreeMap<_, _>, PluginError>>().map(Value::Map)?,
            Value::Nil => return Err(PluginError::Unsupported),
        })
    }
    fn boxed_clone(&self) -> Box<dyn Plugin> { Box::new(self.clone()) }
}
impl Plugin for Prefixer<'static> {
    fn apply(&mut self, v: &Value) -> Result<Value, PluginError> { if let Value::Str(s) = v { Ok(format!("{}:{s}", self.0).as_str().into()) } else { Err(PluginError::Custom(self.0.len() as u8)) } }
    fn priority(&self) -> i32 { -1 }
    fn boxed_clone(&self) -> Box<dyn Plugin> { Box::new(Prefixer(self.0)) }
}
impl<F: Fn(&str) -> String + Clone + 'static> Plugin for Hooked<F> {
    fn hook(&self) -> Option<&dyn Fn(&str) -> String> { Some(&self.0) }
    fn apply(&mut self, v: &Value) -> Result<Value, PluginError> { Ok(Value::Str((self.0)(&v.to_string()))) }
    fn boxed_clone(&self) -> Box<dyn Plugin> { Box::new(Hooked(self.0.clone(), self.1.clone())) }
}
impl Clone for Box<dyn Plugin> { fn clone(&self) -> Self { (**self).boxed_clone() } }
type Factory = fn(&str) -> Box<dyn Plugin>;
#[derive(Default)] struct Registry { by_name: HashMap<&'static str, Factory>, active: Vec<Box<dyn Plugin>>, on_error: Vec<Rc<dyn Fn(&dyn Plugin, PluginError)>> }
impl Registry {
    fn register(&mut self, n: &'static str, f: Factory) -> &mut Self { self.by_name.insert(n, f); self }
    fn enable(&mut self, n: &str, arg: &str) -> bool { self.by_name.get(n).map(|f| self.active.push(f(arg))).is_some() }
    fn run(&mut self, v: Value) -> Value {
        self.active.sort_by_key(|p| std::cmp::Reverse(p.priority()));
        self.active.iter_mut().fold(v, |v, p| match p.apply(&v) { Ok(n) => n, Err(e) => { self.on_error.iter().for_each(|h| h(&**p, e)); v } })
    }
}
fn main() {
    let mut r = Registry::default();
    r.register("double", |_| Box::<Doubler>::default()).register("prefix", |_| Box::new(Prefixer("pre"))).register("hook", |a| { let a = a.to_string(); let k = a.len(); Box::new(Hooked(move |s: &str| format!("{s}/{k}"), a)) });
    println!("{} {} {}", r.enable("double", ""), r.enable("prefix", ""), r.enable("nothing", ""));
    let count = Rc::new(std::cell::RefCell::new(Vec::new())); let c2 = count.clone();
    r.on_error.push(Rc::new(move |p, e| c2.borrow_mut().push((p.shout(), e))));
    println!("{}", r.run(value!("x")));
    println!("{}", r.run(value!([1, "a", [2, {k: "v", z: [] }]])));
    println!("{}", r.run(value!(null)));
    println!("{}", r.run(value!((i64::MAX))));
    r.enable("hook", "four");
    println!("{}", r.run(value!({ a: 1, b: null })));
    let copies = r.active.clone();
    println!("{copies:?}");
    println!("{:?}", copies.iter().filter_map(|p| p.hook()).map(|h| h("q")).collect::<Vec<_>>());
    println!("{:?} {}", count.borrow(), Value::from(vec![Some(1i64), None]));
    println!("{:?}", PluginError::Custom(1) < PluginError::Custom(2));
}
