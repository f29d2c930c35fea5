// Structs, enums, formatting of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Category {
    Book = 10,
    Food = 20,
    Tool = 30,
}

#[derive(Debug, Clone)]
struct Item {
    name: String,
    category: Category,
    cents: u32,
    count: u32,
}

impl Item {
    fn total(&self) -> u32 {
        let rate = match self.category {
            Category::Book => 7,
            Category::Food => 0,
            Category::Tool => 19,
        };
        let net = self.cents * self.count;
        net + net * rate / 100
    }
}

fn money(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn main() {
    let mut cart = vec![
        Item { name: "Hammer".to_string(), category: Category::Tool, cents: 1599, count: 1 },
        Item { name: "Bread".to_string(), category: Category::Food, cents: 250, count: 3 },
        Item { name: "Atlas".to_string(), category: Category::Book, cents: 4000, count: 2 },
    ];
    cart.push(Item { name: "Nails".to_string(), count: 100, ..cart[0].clone() });
    cart.retain(|item| item.total() < 100_000);
    cart.sort_by_key(|item| (item.category, item.name.clone()));
    println!("{:<10}|{:>5}|{:>8}", "item", "count", "total");
    println!("{}", "-".repeat(25));
    for item in &cart {
        println!("{:<10}|{:>5}|{:>8}", item.name, item.count, money(item.total()));
    }
    let sum: u32 = cart.iter().map(Item::total).sum();
    println!("{:>25}", money(sum));
    println!("{:?} {}", cart[0], Category::Tool as i32);
}
