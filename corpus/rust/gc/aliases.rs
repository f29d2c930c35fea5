// Aliasing as the rules of borrowing forbid it: all of these are one object, and everyone may write.
#[wasm::gc]
#[derive(Debug)]
struct Account {
    owner: GcString,
    balance: i64,
    history: GcArray<i64>,
}

#[wasm::gc]
fn transfer(from: Account, to: Account, amount: i64) {
    from.balance -= amount;
    to.balance += amount;
    from.history.push(-amount);
    to.history.push(amount);
}

#[wasm::gc]
fn swap_owners(a: Account, b: Account) {
    let owner = a.owner;
    a.owner = b.owner;
    b.owner = owner;
}

fn main() {
    let a = Account { owner: "Ann".into(), balance: 100, history: GcArray::new() };
    let b = Account { owner: "Bea".into(), balance: 10, history: GcArray::new() };
    let all = GcArray::from([a, b, a]);
    transfer(a, b, 30);
    transfer(all[2], all[0], 5);
    for account in all {
        account.balance += 1;
    }
    println!("{:?}", a);
    println!("{:?}", b);
    swap_owners(all[0], all[1]);
    println!("{} {} {}", a.owner, b.owner, all[2].owner);
    let total = || all.fold(0, |sum, one| sum + one.balance);
    let before = total();
    b.balance = 0;
    println!("{} {}", before, total());
    let counter = GcRc::new(0);
    let step = move || {
        counter.update(|n| n + 1);
        counter.get()
    };
    println!("{} {} {}", step(), step(), *counter);
    let cell = GcBox::new([1, 2, 3]);
    cell[1] = 20;
    println!("{:?} {:?}", cell, cell.map(|items| items[0] + items[1]));
}
