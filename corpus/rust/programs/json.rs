// A JSON parser and printer.
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

#[derive(Debug)]
struct Error {
    position: usize,
    message: String,
}

struct Parser<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Parser<'a> {
        Parser { bytes: text.as_bytes(), position: 0 }
    }

    fn fail<T>(&self, message: &str) -> Result<T, Error> {
        Err(Error { position: self.position, message: message.to_string() })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    fn expect(&mut self, word: &str) -> Result<(), Error> {
        let end = self.position + word.len();
        if end <= self.bytes.len() && &self.bytes[self.position..end] == word.as_bytes() {
            self.position = end;
            Ok(())
        } else {
            self.fail(&format!("expected {}", word))
        }
    }

    fn value(&mut self) -> Result<Json, Error> {
        self.space();
        let value = match self.peek() {
            None => return self.fail("unexpected end"),
            Some(b'n') => {
                self.expect("null")?;
                Json::Null
            }
            Some(b't') => {
                self.expect("true")?;
                Json::Bool(true)
            }
            Some(b'f') => {
                self.expect("false")?;
                Json::Bool(false)
            }
            Some(b'"') => Json::Text(self.text()?),
            Some(b'[') => self.list()?,
            Some(b'{') => self.object()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => return self.fail("unexpected character"),
        };
        self.space();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, Error> {
        let mut negative = false;
        if self.peek() == Some(b'-') {
            negative = true;
            self.position += 1;
        }
        let mut value = 0.0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value * 10.0 + (digit - b'0') as f64;
            self.position += 1;
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            let mut scale = 0.1;
            while let Some(digit @ b'0'..=b'9') = self.peek() {
                value += (digit - b'0') as f64 * scale;
                scale /= 10.0;
                self.position += 1;
            }
        }
        Ok(Json::Number(if negative { -value } else { value }))
    }

    fn text(&mut self) -> Result<String, Error> {
        self.expect("\"")?;
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return self.fail("the string does not end"),
                Some(b'"') => {
                    self.position += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.position += 1;
                    let escaped = match self.peek() {
                        Some(b'n') => '\n',
                        Some(b't') => '\t',
                        Some(b'"') => '"',
                        Some(b'\\') => '\\',
                        _ => return self.fail("unknown escape"),
                    };
                    out.push(escaped);
                    self.position += 1;
                }
                Some(byte) => {
                    out.push(byte as char);
                    self.position += 1;
                }
            }
        }
    }

    fn list(&mut self) -> Result<Json, Error> {
        self.expect("[")?;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.position += 1;
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b']') => {
                    self.position += 1;
                    return Ok(Json::List(items));
                }
                _ => return self.fail("expected , or ]"),
            }
        }
    }

    fn object(&mut self) -> Result<Json, Error> {
        self.expect("{")?;
        let mut fields = Vec::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(Json::Object(fields));
        }
        loop {
            self.space();
            let name = self.text()?;
            self.space();
            self.expect(":")?;
            fields.push((name, self.value()?));
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b'}') => {
                    self.position += 1;
                    return Ok(Json::Object(fields));
                }
                _ => return self.fail("expected , or }"),
            }
        }
    }
}

fn parse(text: &str) -> Result<Json, Error> {
    let mut parser = Parser::new(text);
    let value = parser.value()?;
    if parser.position < parser.bytes.len() {
        return parser.fail("more after the value");
    }
    Ok(value)
}

fn print(value: &Json, out: &mut String) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&number.to_string()),
        Json::Text(text) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Json::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                print(item, out);
            }
            out.push(']');
        }
        Json::Object(fields) => {
            out.push('{');
            for (i, (name, item)) in fields.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&format!("\"{}\":", name));
                print(item, out);
            }
            out.push('}');
        }
    }
}

fn count(value: &Json, kinds: &mut HashMap<&'static str, u32>) {
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::Text(_) => "text",
        Json::List(items) => {
            for item in items {
                count(item, kinds);
            }
            "list"
        }
        Json::Object(fields) => {
            for (_, item) in fields {
                count(item, kinds);
            }
            "object"
        }
    };
    *kinds.entry(kind).or_insert(0) += 1;
}

fn main() {
    let text = r#" { "name": "counterproof", "tags": ["vm", "wasm", []], "stars": 12.5, "open": true, "parent": null,
        "nested": {"a": [1, 2, -3], "b": {}} } "#;
    match parse(text) {
        Ok(value) => {
            let mut out = String::new();
            print(&value, &mut out);
            println!("{}", out);
            println!("{}", parse(&out).unwrap() == value);
            let mut kinds = HashMap::new();
            count(&value, &mut kinds);
            let mut sorted: Vec<_> = kinds.into_iter().collect();
            sorted.sort();
            println!("{:?}", sorted);
        }
        Err(error) => println!("{:?}", error),
    }
    for bad in ["", "[1,", "{\"a\" 1}", "tru", "\"open", "[1] 2"] {
        let error = parse(bad).unwrap_err();
        println!("{:?}: {} at {}", bad, error.message, error.position);
    }
}
