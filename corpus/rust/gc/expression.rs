// The twin of programs/expression.rs: tokens and trees are objects of the collector.
#![wasm::gc]

#[derive(Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(GcString),
    Operator(char),
    Open,
    Close,
}

enum Expr {
    Number(f64),
    Name(GcString),
    Negate(Expr),
    Binary(Expr, char, Expr),
}

fn tokens(text: &str) -> Result<GcArray<Token>, GcString> {
    let characters: GcArray<char> = text.chars().collect();
    let out = GcArray::new();
    let mut i = 0;
    while i < characters.len() {
        let c = characters[i];
        if c.is_whitespace() {
            i += 1;
        } else if c.is_ascii_digit() {
            let mut value = 0.0;
            while i < characters.len() && characters[i].is_ascii_digit() {
                value = value * 10.0 + characters[i].to_digit(10).unwrap() as f64;
                i += 1;
            }
            out.push(Token::Number(value));
        } else if c.is_alphabetic() {
            let start = i;
            while i < characters.len() && characters[i].is_alphanumeric() {
                i += 1;
            }
            out.push(Token::Name(characters.slice(start..i).iter().collect()));
        } else {
            out.push(match c {
                '(' => Token::Open,
                ')' => Token::Close,
                '+' | '-' | '*' | '/' | '^' => Token::Operator(c),
                _ => return Err(format!("unexpected {:?} at {}", c, i).into()),
            });
            i += 1;
        }
    }
    Ok(out)
}

struct Parser {
    tokens: GcArray<Token>,
    next: usize,
}

impl Parser {
    fn peek(self) -> Option<Token> {
        self.tokens.get(self.next)
    }

    fn expression(self, least: u8) -> Result<Expr, GcString> {
        let mut left = match self.peek() {
            Some(Token::Number(value)) => {
                self.next += 1;
                Expr::Number(value)
            }
            Some(Token::Name(name)) => {
                self.next += 1;
                Expr::Name(name)
            }
            Some(Token::Operator('-')) => {
                self.next += 1;
                Expr::Negate(self.expression(3)?)
            }
            Some(Token::Open) => {
                self.next += 1;
                let inner = self.expression(0)?;
                if self.peek() != Some(Token::Close) {
                    return Err("missing )".into());
                }
                self.next += 1;
                inner
            }
            other => return Err(format!("unexpected {:?}", other).into()),
        };
        while let Some(Token::Operator(operator)) = self.peek() {
            let (binding, right) = match operator {
                '+' | '-' => (1, 2),
                '*' | '/' => (2, 3),
                _ => (4, 4),
            };
            if binding < least {
                break;
            }
            self.next += 1;
            left = Expr::Binary(left, operator, self.expression(right)?);
        }
        Ok(left)
    }
}

fn evaluate(expr: Expr, names: GcArray<(GcString, f64)>) -> Result<f64, GcString> {
    Ok(match expr {
        Expr::Number(value) => value,
        Expr::Name(name) => match names.find(|(known, _)| known == name) {
            Some((_, value)) => value,
            None => return Err(format!("unknown name {}", name).into()),
        },
        Expr::Negate(inner) => -evaluate(inner, names)?,
        Expr::Binary(left, operator, right) => {
            let (a, b) = (evaluate(left, names)?, evaluate(right, names)?);
            match operator {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                '/' if b == 0.0 => return Err("division by zero".into()),
                '/' => a / b,
                _ => {
                    let mut power = 1.0;
                    for _ in 0..b as i32 {
                        power *= a;
                    }
                    power
                }
            }
        }
    })
}

fn run(text: &str) -> Result<f64, GcString> {
    let parser = Parser { tokens: tokens(text)?, next: 0 };
    let expr = parser.expression(0)?;
    if parser.next < parser.tokens.len() {
        return Err(format!("{} tokens too many", parser.tokens.len() - parser.next).into());
    }
    evaluate(expr, GcArray::from([("x".into(), 3.0), ("y2".into(), 0.5)]))
}

fn main() {
    for text in ["1 + 2 * 3", "(1 + 2) * 3", "-x ^ 2", "2 ^ 3 ^ 2", "10 / 4 - y2", "1 / (x - 3)", "(1", "z", "1 $ 2", "1 2"] {
        match run(text) {
            Ok(value) => println!("{} = {}", text, value),
            Err(message) => println!("{}: {}", text, message),
        }
    }
}
