use std::fmt;

#[derive(Debug, PartialEq)]
enum BankError {
    NoAccount(u32),
    TooLittle { balance: i64, wanted: i64 },
    Negative(i64),
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BankError::NoAccount(number) => write!(f, "no account {}", number),
            BankError::TooLittle { balance, wanted } => write!(f, "balance {} is under {}", balance, wanted),
            BankError::Negative(amount) => write!(f, "amount {} is negative", amount),
        }
    }
}

impl std::error::Error for BankError {}

struct Account {
    number: u32,
    balance: i64,
}

#[derive(Default)]
struct Bank {
    accounts: Vec<Account>,
}

impl Bank {
    fn find(&mut self, number: u32) -> Result<&mut Account, BankError> {
        self.accounts.iter_mut().find(|a| a.number == number).ok_or(BankError::NoAccount(number))
    }

    fn transfer(&mut self, from: u32, to: u32, amount: i64) -> Result<i64, BankError> {
        if amount < 0 {
            return Err(BankError::Negative(amount));
        }
        self.find(to)?;
        let source = self.find(from)?;
        if source.balance < amount {
            return Err(BankError::TooLittle { balance: source.balance, wanted: amount });
        }
        source.balance -= amount;
        let left = source.balance;
        self.find(to)?.balance += amount;
        Ok(left)
    }
}

fn parse_and_transfer(bank: &mut Bank, line: &str) -> Result<i64, Box<dyn std::error::Error>> {
    let mut words = line.split_whitespace();
    let mut next = || words.next().ok_or("too few words");
    let from = next()?.parse::<u32>()?;
    let to = next()?.parse::<u32>()?;
    let amount = next()?.parse::<i64>()?;
    Ok(bank.transfer(from, to, amount)?)
}

fn main() {
    let mut bank = Bank::default();
    for (number, balance) in [(1, 100), (2, 50)] {
        bank.accounts.push(Account { number, balance });
    }
    for line in ["1 2 30", "2 1 500", "1 9 1", "1 2 -5", "1 two 5", "1"] {
        match parse_and_transfer(&mut bank, line) {
            Ok(left) => println!("{:?}: {} left", line, left),
            Err(error) => println!("{:?}: {}", line, error),
        }
    }
    println!("{}", bank.accounts.iter().map(|a| a.balance).sum::<i64>());
}
