//! A small Lisp: shared texts, environments in `Rc`, functions that a macro makes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

#[derive(Clone)]
enum Value {
    Nil,
    Int(i64),
    Sym(Rc<str>),
    Cons(Rc<(Value, Value)>),
    Native(&'static str, fn(&[Value]) -> Result<Value, LispError>),
    Lambda(Rc<Lambda>),
}

struct Lambda {
    params: Vec<Rc<str>>,
    body: Value,
    env: Rc<Env>,
}

#[derive(Debug, PartialEq, Eq, Clone)]
enum LispError {
    Unbound(String),
    NotCallable(String),
    Type { expected: &'static str, got: String },
    Arity { wanted: usize, got: usize },
    Syntax(String),
}

impl fmt::Display for LispError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LispError::Unbound(name) => write!(f, "unbound symbol `{}`", name),
            LispError::NotCallable(what) => write!(f, "{what} is not callable"),
            LispError::Type { expected, got } => write!(f, "expected {expected}, got {got}"),
            LispError::Arity { wanted, got } => write!(f, "wanted {wanted:>2} arguments, got {got:>2}"),
            LispError::Syntax(s) => f.write_str(s),
        }
    }
}

impl std::error::Error for LispError {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => write!(f, "()"),
            Value::Int(n) => write!(f, "{}", n),
            Value::Sym(s) => write!(f, "{}", s),
            Value::Native(name, _) => write!(f, "#<native {}>", name),
            Value::Lambda(l) => write!(f, "#<lambda/{}>", l.params.len()),
            Value::Cons(_) => {
                write!(f, "(")?;
                let mut cur = self.clone();
                let mut first = true;
                loop {
                    match cur {
                        Value::Cons(ref pair) => {
                            if !std::mem::replace(&mut first, false) {
                                write!(f, " ")?;
                            }
                            write!(f, "{}", pair.0)?;
                            let next = pair.1.clone();
                            cur = next;
                        }
                        Value::Nil => break,
                        ref other => {
                            write!(f, " . {}", other)?;
                            break;
                        }
                    }
                }
                write!(f, ")")
            }
        }
    }
}

struct Env {
    vars: RefCell<HashMap<Rc<str>, Value>>,
    parent: Option<Rc<Env>>,
}

impl Env {
    fn new(parent: Option<Rc<Env>>) -> Rc<Self> {
        Rc::new(Env { vars: RefCell::new(HashMap::new()), parent })
    }
    fn get(&self, name: &str) -> Option<Value> {
        let mut scope = Some(self);
        while let Some(env) = scope {
            if let Some(v) = env.vars.borrow().get(name) {
                return Some(v.clone());
            }
            scope = env.parent.as_deref();
        }
        None
    }
    fn set(&self, name: impl Into<Rc<str>>, value: Value) {
        self.vars.borrow_mut().insert(name.into(), value);
    }
}

struct Parser<'s> {
    rest: std::iter::Peekable<std::str::Chars<'s>>,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str) -> Self {
        Parser { rest: text.chars().peekable() }
    }
    fn skip(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }
    fn parse(&mut self) -> Result<Option<Value>, LispError> {
        self.skip();
        let Some(&c) = self.rest.peek() else { return Ok(None) };
        match c {
            '(' => {
                self.rest.next();
                let mut items = vec![];
                loop {
                    self.skip();
                    if self.rest.peek() == Some(&')') {
                        self.rest.next();
                        break;
                    }
                    match self.parse()? {
                        Some(v) => items.push(v),
                        None => return Err(LispError::Syntax("unexpected end".to_owned())),
                    }
                }
                Ok(Some(items.into_iter().rev().fold(Value::Nil, |tail, head| Value::Cons(Rc::new((head, tail))))))
            }
            ')' => Err(LispError::Syntax(format!("unexpected {:?}", c))),
            '\'' => {
                self.rest.next();
                let quoted = self.parse()?.ok_or_else(|| LispError::Syntax("quote of nothing".into()))?;
                Ok(Some(list([Value::Sym("quote".into()), quoted])))
            }
            _ => {
                let mut word = String::new();
                while let Some(c) = self.rest.next_if(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '\'')) {
                    word.push(c);
                }
                Ok(Some(word.parse().map(Value::Int).unwrap_or_else(|_| Value::Sym(word.as_str().into()))))
            }
        }
    }
}

impl Iterator for Parser<'_> {
    type Item = Result<Value, LispError>;
    fn next(&mut self) -> Option<Self::Item> {
        self.parse().transpose()
    }
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    items.into_iter().rev().fold(Value::Nil, |t, h| Value::Cons(Rc::new((h, t))))
}

struct Items(Value);
impl Iterator for Items {
    type Item = Value;
    fn next(&mut self) -> Option<Value> {
        let Value::Cons(pair) = std::mem::replace(&mut self.0, Value::Nil) else { return None };
        self.0 = pair.1.clone();
        Some(pair.0.clone())
    }
}

fn int(v: &Value) -> Result<i64, LispError> {
    if let Value::Int(n) = v { Ok(*n) } else { Err(LispError::Type { expected: "an integer", got: v.to_string() }) }
}

fn eval(v: &Value, env: &Rc<Env>) -> Result<Value, LispError> {
    match v {
        Value::Sym(name) => env.get(name).ok_or_else(|| LispError::Unbound(name.to_string())),
        Value::Cons(pair) => {
            let args: Vec<Value> = Items(pair.1.clone()).collect();
            if let Value::Sym(s) = &pair.0 {
                match (&**s, args.as_slice()) {
                    ("quote", [one]) => return Ok(one.clone()),
                    ("if", [c, t, rest @ ..]) if rest.len() <= 1 => {
                        return match eval(c, env)? {
                            Value::Nil | Value::Int(0) => rest.first().map_or(Ok(Value::Nil), |e| eval(e, env)),
                            _ => eval(t, env),
                        };
                    }
                    ("define", [Value::Sym(n), e]) => {
                        let value = eval(e, env)?;
                        env.set(n.clone(), value);
                        return Ok(Value::Nil);
                    }
                    ("lambda", [params, body]) => {
                        let params = Items(params.clone())
                            .map(|p| match p {
                                Value::Sym(s) => Ok(s),
                                other => Err(LispError::Type { expected: "a symbol", got: other.to_string() }),
                            })
                            .collect::<Result<Vec<_>, _>>()?;
                        return Ok(Value::Lambda(Rc::new(Lambda { params, body: body.clone(), env: Rc::clone(env) })));
                    }
                    ("let", [bindings, body]) => {
                        let inner = Env::new(Some(env.clone()));
                        for b in Items(bindings.clone()) {
                            let parts: Vec<_> = Items(b).collect();
                            let [Value::Sym(n), e] = &parts[..] else {
                                return Err(LispError::Syntax("bad let".into()));
                            };
                            inner.set(n.clone(), eval(e, env)?);
                        }
                        return eval(body, &inner);
                    }
                    _ => {}
                }
            }
            let f = eval(&pair.0, env)?;
            let args = args.iter().map(|a| eval(a, env)).collect::<Result<Vec<_>, _>>()?;
            apply(&f, &args)
        }
        other => Ok(other.clone()),
    }
}

fn apply(f: &Value, args: &[Value]) -> Result<Value, LispError> {
    match f {
        Value::Native(_, g) => g(args),
        Value::Lambda(l) => {
            if l.params.len() != args.len() {
                return Err(LispError::Arity { wanted: l.params.len(), got: args.len() });
            }
            let env = Env::new(Some(l.env.clone()));
            l.params.iter().zip(args).for_each(|(p, a)| env.set(Rc::clone(p), a.clone()));
            eval(&l.body, &env)
        }
        other => Err(LispError::NotCallable(other.to_string())),
    }
}

macro_rules! natives {
    ($env:expr; $($name:literal => |$args:ident| $body:expr),+ $(,)?) => {
        $({
            fn native($args: &[Value]) -> Result<Value, LispError> { $body }
            $env.set($name, Value::Native($name, native));
        })+
    };
}

fn run(text: &str, env: &Rc<Env>) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let mut out = Vec::new();
    for form in Parser::new(text) {
        let value = eval(&form?, env)?;
        if !matches!(value, Value::Nil) {
            out.push(value);
        }
    }
    Ok(out)
}

fn main() {
    let env = Env::new(None);
    natives!(env;
        "+" => |args| args.iter().try_fold(0i64, |a, v| Ok(a + int(v)?)).map(Value::Int),
        "*" => |args| args.iter().map(int).product::<Result<i64, _>>().map(Value::Int),
        "-" => |args| match args {
            [] => Err(LispError::Arity { wanted: 1, got: 0 }),
            [a] => Ok(Value::Int(-int(a)?)),
            [a, rest @ ..] => rest.iter().try_fold(int(a)?, |a, v| int(v).map(|n| a - n)).map(Value::Int),
        },
        "<" => |args| if let [a, b] = args { Ok(Value::Int((int(a)? < int(b)?) as i64)) } else { Err(LispError::Arity { wanted: 2, got: args.len() }) },
        "car" => |args| match args.first() { Some(Value::Cons(p)) => Ok(p.0.clone()), Some(v) => Err(LispError::Type { expected: "a pair", got: v.to_string() }), None => Err(LispError::Arity { wanted: 1, got: 0 }) },
        "cdr" => |args| match args { [Value::Cons(p)] => Ok(p.1.clone()), _ => Ok(Value::Nil) },
        "cons" => |args| Ok(Value::Cons(Rc::new((args[0].clone(), args[1].clone())))),
        "list" => |args| Ok(args.iter().rev().cloned().fold(Value::Nil, |t, h| Value::Cons(Rc::new((h, t))))),
    );
    let programs = [
        "(define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1)))))) (fact 10) (fact 20)",
        "(define map (lambda (f l) (if l (cons (f (car l)) (map f (cdr l))) '()))) (map (lambda (x) (* x x)) (list 1 2 3 4))",
        "(let ((x 3) (y 4)) (+ (* x x) (* y y)))",
        "(define adder (lambda (n) (lambda (x) (+ x n)))) ((adder 5) 6) adder car",
        "'(a b (c . d) 1)", "(cons 1 2)", "(foo 1)", "(1 2)", "((lambda (x) x))", "(car 5)", "(+ 1", ")", "(+ 'a 1)",
        "(define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))) (fib 9)",
    ];
    for text in programs {
        match run(text, &env) {
            Ok(values) => println!("{}", values.iter().map(|v| v.to_string()).collect::<Vec<_>>().join(" | ")),
            Err(e) => println!("error: {e}"),
        }
    }
    println!("{}", Rc::strong_count(&env) > 1);
}
