use std::f64::consts::PI;

trait Shape {
    fn area(&self) -> f64;
    fn name(&self) -> String;
    fn describe(&self) -> String {
        format!("{} of area {:.2}", self.name(), self.area())
    }
}

struct Circle(f64);

struct Rectangle {
    width: f64,
    height: f64,
}

struct Group {
    members: Vec<Box<dyn Shape>>,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        PI * self.0 * self.0
    }
    fn name(&self) -> String {
        "circle".into()
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn name(&self) -> String {
        if self.width == self.height { "square".into() } else { "rectangle".into() }
    }
}

impl Shape for Group {
    fn area(&self) -> f64 {
        self.members.iter().map(|member| member.area()).sum()
    }
    fn name(&self) -> String {
        format!("group of {}", self.members.len())
    }
    fn describe(&self) -> String {
        let inner: Vec<String> = self.members.iter().map(|member| member.describe()).collect();
        format!("{} [{}]", self.name(), inner.join(", "))
    }
}

fn largest<'a>(shapes: &'a [Box<dyn Shape>]) -> Option<&'a dyn Shape> {
    let mut best: Option<&dyn Shape> = None;
    for shape in shapes {
        if best.map_or(true, |b| shape.area() > b.area()) {
            best = Some(shape.as_ref());
        }
    }
    best
}

fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Circle(1.0)),
        Box::new(Rectangle { width: 2.0, height: 2.0 }),
        Box::new(Group { members: vec![Box::new(Circle(0.5)), Box::new(Rectangle { width: 1.0, height: 3.0 })] }),
    ];
    for shape in &shapes {
        println!("{}", shape.describe());
    }
    println!("{}", largest(&shapes).map(|s| s.name()).unwrap_or_default());
}
