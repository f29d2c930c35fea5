use std::collections::HashMap;

#[derive(PartialEq, Clone, Copy)]
enum Mark {
    New,
    Active,
    Done,
}

fn visit(
    name: &str,
    needs: &HashMap<&str, Vec<&str>>,
    marks: &mut HashMap<String, Mark>,
    order: &mut Vec<String>,
) -> Result<(), String> {
    match marks.get(name).copied().unwrap_or(Mark::New) {
        Mark::Done => return Ok(()),
        Mark::Active => return Err(format!("{} needs itself", name)),
        Mark::New => {}
    }
    marks.insert(name.to_string(), Mark::Active);
    if let Some(others) = needs.get(name) {
        for other in others {
            visit(other, needs, marks, order)?;
        }
    }
    marks.insert(name.to_string(), Mark::Done);
    order.push(name.to_string());
    Ok(())
}

fn main() {
    let mut needs = HashMap::new();
    needs.insert("app", vec!["parser", "network"]);
    needs.insert("parser", vec!["lexer"]);
    needs.insert("network", vec!["io", "lexer"]);
    needs.insert("lexer", vec!["io"]);
    let mut order = Vec::new();
    let result = visit("app", &needs, &mut HashMap::new(), &mut order);
    println!("{:?} {:?}", result, order);
    needs.insert("io", vec!["app"]);
    println!("{:?}", visit("app", &needs, &mut HashMap::new(), &mut Vec::new()));
}
