// Parse and evaluate arithmetic with variables.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Operator(char),
    Open,
    Close,
}

enum Expr {
    Number(f64),
    Name(String),
    Negate(Box<Expr>),
    Binary(Box<Expr>, char, Box<Expr>),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
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
            let mut name = String::new();
            while i < characters.len() && characters[i].is_alphanumeric() {
                name.push(characters[i]);
                i += 1;
            }
            out.push(Token::Name(name));
        } else {
            out.push(match c {
                '(' => Token::Open,
                ')' => Token::Close,
                '+' | '-' | '*' | '/' | '^' => Token::Operator(c),
                _ => return Err(format!("unexpected {:?} at {}", c, i)),
            });
            i += 1;
        }
    }
    Ok(out)
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn expression(&mut self, least: u8) -> Result<Expr, String> {
        let mut left = match self.peek().cloned() {
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
                Expr::Negate(Box::new(self.expression(3)?))
            }
            Some(Token::Open) => {
                self.next += 1;
                let inner = self.expression(0)?;
                if self.peek() != Some(&Token::Close) {
                    return Err("missing )".to_string());
                }
                self.next += 1;
                inner
            }
            other => return Err(format!("unexpected {:?}", other)),
        };
        while let Some(Token::Operator(operator)) = self.peek().cloned() {
            let (binding, right) = match operator {
                '+' | '-' => (1, 2),
                '*' | '/' => (2, 3),
                _ => (4, 4),
            };
            if binding < least {
                break;
            }
            self.next += 1;
            let operand = self.expression(right)?;
            left = Expr::Binary(Box::new(left), operator, Box::new(operand));
        }
        Ok(left)
    }
}

fn evaluate(expr: &Expr, names: &[(&str, f64)]) -> Result<f64, String> {
    Ok(match expr {
        Expr::Number(value) => *value,
        Expr::Name(name) => match names.iter().find(|(known, _)| known == name) {
            Some((_, value)) => *value,
            None => return Err(format!("unknown name {}", name)),
        },
        Expr::Negate(inner) => -evaluate(inner, names)?,
        Expr::Binary(left, operator, right) => {
            let (a, b) = (evaluate(left, names)?, evaluate(right, names)?);
            match operator {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                '/' if b == 0.0 => return Err("division by zero".to_string()),
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

fn run(text: &str) -> Result<f64, String> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0 };
    let expr = parser.expression(0)?;
    if parser.next < parser.tokens.len() {
        return Err(format!("{} tokens too many", parser.tokens.len() - parser.next));
    }
    evaluate(&expr, &[("x", 3.0), ("y2", 0.5)])
}

fn main() {
    for text in ["1 + 2 * 3", "(1 + 2) * 3", "-x ^ 2", "2 ^ 3 ^ 2", "10 / 4 - y2", "1 / (x - 3)", "(1", "z", "1 $ 2", "1 2"] {
        match run(text) {
            Ok(value) => println!("{} = {}", text, value),
            Err(message) => println!("{}: {}", text, message),
        }
    }
}
