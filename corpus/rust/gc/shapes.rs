// The twin of programs/shapes.rs: trait objects in shared boxes.
#![wasm::gc]
use std::f64::consts::PI;

trait Shape {
    fn area(&self) -> f64;
    fn name(&self) -> GcString;
    fn describe(&self) -> GcString {
        format!("{} of area {:.2}", self.name(), self.area()).into()
    }
}

struct Circle(f64);

struct Rectangle {
    width: f64,
    height: f64,
}

struct Group {
    members: GcArray<GcBox<dyn Shape>>,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        PI * self.0 * self.0
    }
    fn name(&self) -> GcString {
        "circle".into()
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn name(&self) -> GcString {
        if self.width == self.height { "square".into() } else { "rectangle".into() }
    }
}

impl Shape for Group {
    fn area(&self) -> f64 {
        self.members.iter().map(|member| member.area()).sum()
    }
    fn name(&self) -> GcString {
        format!("group of {}", self.members.len()).into()
    }
    fn describe(&self) -> GcString {
        let mut inner = GcString::new();
        for member in self.members {
            if !inner.is_empty() {
                inner += ", ";
            }
            inner += member.describe();
        }
        format!("{} [{}]", self.name(), inner).into()
    }
}

fn largest(shapes: GcArray<GcBox<dyn Shape>>) -> Option<GcBox<dyn Shape>> {
    let mut best: Option<GcBox<dyn Shape>> = None;
    for shape in shapes {
        if best.map_or(true, |b| shape.area() > b.area()) {
            best = Some(shape);
        }
    }
    best
}

fn main() {
    let shapes: GcArray<GcBox<dyn Shape>> = GcArray::new();
    shapes.push(GcBox::new(Circle(1.0)));
    shapes.push(GcBox::new(Rectangle { width: 2.0, height: 2.0 }));
    let members: GcArray<GcBox<dyn Shape>> = GcArray::new();
    members.push(GcBox::new(Circle(0.5)));
    members.push(GcBox::new(Rectangle { width: 1.0, height: 3.0 }));
    shapes.push(GcBox::new(Group { members }));
    for shape in shapes {
        println!("{}", shape.describe());
    }
    println!("{}", largest(shapes).map(|s| s.name()).unwrap_or_default());
}
