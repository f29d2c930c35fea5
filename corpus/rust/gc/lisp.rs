// A small Lisp: closures hold the environment that holds them.
#![wasm::gc]

enum Value {
    Nil,
    Number(i64),
    Symbol(GcString),
    Pair(Value, Value),
    Builtin(fn(GcArray<Value>) -> Result<Value, GcString>),
    Lambda(Lambda),
}

struct Lambda {
    parameters: GcArray<GcString>,
    body: Value,
    scope: Scope,
}

struct Scope {
    names: GcArray<(GcString, Value)>,
    outer: Option<Scope>,
}

impl Scope {
    fn inside(outer: Option<Scope>) -> Scope {
        Scope { names: GcArray::new(), outer }
    }

    fn find(self, name: GcString) -> Option<Value> {
        match self.names.find(|(known, _)| known == name) {
            Some((_, value)) => Some(value),
            None => self.outer?.find(name),
        }
    }
}

struct Reader {
    tokens: GcArray<GcString>,
    next: usize,
}

impl Reader {
    fn new(text: &str) -> Reader {
        let spaced = GcString::from(text.replace("(", " ( ").replace(")", " ) "));
        Reader { tokens: spaced.split_whitespace().map(|part| GcString::from(part)).collect(), next: 0 }
    }

    fn read(self) -> Result<Value, GcString> {
        let token = match self.tokens.get(self.next) {
            Some(token) => token,
            None => return Err("unexpected end".into()),
        };
        self.next += 1;
        if token == "(" {
            let items = GcArray::new();
            loop {
                match self.tokens.get(self.next) {
                    None => return Err("missing )".into()),
                    Some(next) if next == ")" => break,
                    Some(_) => items.push(self.read()?),
                }
            }
            self.next += 1;
            let mut list = Value::Nil;
            for item in items.iter().rev() {
                list = Value::Pair(item, list);
            }
            return Ok(list);
        }
        match token.parse::<i64>() {
            Ok(number) => Ok(Value::Number(number)),
            Err(_) => Ok(Value::Symbol(token)),
        }
    }
}

fn items(list: Value) -> GcArray<Value> {
    let out = GcArray::new();
    let mut at = list;
    while let Value::Pair(first, rest) = at {
        out.push(first);
        at = rest;
    }
    out
}

fn show(value: Value) -> GcString {
    match value {
        Value::Nil => "()".into(),
        Value::Number(n) => format!("{}", n).into(),
        Value::Symbol(name) => name,
        Value::Pair(_, _) => {
            let mut text = GcString::from("(");
            for item in items(value) {
                if text.len() > 1 {
                    text += " ";
                }
                text += show(item);
            }
            text + ")"
        }
        Value::Builtin(_) => "<builtin>".into(),
        Value::Lambda(lambda) => format!("<lambda of {}>", lambda.parameters.len()).into(),
    }
}

fn evaluate(value: Value, scope: Scope) -> Result<Value, GcString> {
    match value {
        Value::Symbol(name) => scope.find(name).ok_or(GcString::from("unknown ") + name),
        Value::Pair(head, _) => {
            let parts = items(value);
            if let Value::Symbol(name) = head {
                if name == "quote" {
                    return Ok(parts[1]);
                }
                if name == "if" {
                    return match evaluate(parts[1], scope)? {
                        Value::Nil | Value::Number(0) => evaluate(parts[3], scope),
                        _ => evaluate(parts[2], scope),
                    };
                }
                if name == "define" {
                    if let Value::Symbol(defined) = parts[1] {
                        let made = evaluate(parts[2], scope)?;
                        scope.names.push((defined, made));
                        return Ok(Value::Nil);
                    }
                }
                if name == "lambda" {
                    let parameters = items(parts[1]).map(show);
                    return Ok(Value::Lambda(Lambda { parameters, body: parts[2], scope }));
                }
            }
            let function = evaluate(head, scope)?;
            let arguments = GcArray::new();
            for part in parts.slice(1..) {
                arguments.push(evaluate(part, scope)?);
            }
            match function {
                Value::Builtin(f) => f(arguments),
                Value::Lambda(lambda) => {
                    let inner = Scope::inside(Some(lambda.scope));
                    for i in 0..lambda.parameters.len() {
                        inner.names.push((lambda.parameters[i], arguments[i]));
                    }
                    evaluate(lambda.body, inner)
                }
                other => Err(GcString::from("not a function: ") + show(other)),
            }
        }
        _ => Ok(value),
    }
}

fn number(value: Value) -> Result<i64, GcString> {
    match value {
        Value::Number(n) => Ok(n),
        other => Err(GcString::from("not a number: ") + show(other)),
    }
}

fn add(arguments: GcArray<Value>) -> Result<Value, GcString> {
    let mut sum = 0;
    for one in arguments {
        sum += number(one)?;
    }
    Ok(Value::Number(sum))
}

fn subtract(arguments: GcArray<Value>) -> Result<Value, GcString> {
    Ok(Value::Number(number(arguments[0])? - number(arguments[1])?))
}

fn multiply(arguments: GcArray<Value>) -> Result<Value, GcString> {
    let mut product = 1;
    for one in arguments {
        product *= number(one)?;
    }
    Ok(Value::Number(product))
}

fn main() {
    let global = Scope::inside(None);
    global.names.push(("+".into(), Value::Builtin(add)));
    global.names.push(("-".into(), Value::Builtin(subtract)));
    global.names.push(("*".into(), Value::Builtin(multiply)));
    let lines = [
        "(define factorial (lambda (n) (if n (* n (factorial (- n 1))) 1)))",
        "(factorial 10)",
        "(define adder (lambda (n) (lambda (m) (+ n m))))",
        "((adder 3) 4)",
        "(quote (a (b 1) ()))",
        "adder",
        "(+ 1 (quote x))",
        "(nothing 1)",
        "(1 2)",
        "(+ 1",
    ];
    for line in lines {
        let result = match Reader::new(line).read() {
            Ok(value) => evaluate(value, global),
            Err(message) => Err(message),
        };
        match result {
            Ok(value) => println!("{}", show(value)),
            Err(message) => println!("error: {}", message),
        }
    }
}
