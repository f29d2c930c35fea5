#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum State {
    Locked,
    Unlocked,
    Broken,
}

#[derive(Debug, Clone, Copy)]
enum Input {
    Coin(u32),
    Push,
    Kick,
}

struct Turnstile {
    state: State,
    coins: u32,
    people: u32,
}

impl Turnstile {
    fn step(&mut self, input: Input) -> Result<State, String> {
        use State::*;
        self.state = match (self.state, input) {
            (Broken, _) => return Err(format!("broken, cannot take {:?}", input)),
            (Locked, Input::Coin(value)) if value >= 2 => {
                self.coins += value;
                Unlocked
            }
            (Locked, Input::Coin(value)) => return Err(format!("{} is too little", value)),
            (Unlocked, Input::Push) => {
                self.people += 1;
                Locked
            }
            (_, Input::Kick) => Broken,
            (state, _) => state,
        };
        Ok(self.state)
    }
}

fn main() {
    let mut gate = Turnstile { state: State::Locked, coins: 0, people: 0 };
    let inputs = [Input::Push, Input::Coin(1), Input::Coin(5), Input::Coin(5), Input::Push, Input::Kick, Input::Coin(2)];
    for input in inputs {
        match gate.step(input) {
            Ok(state) => println!("{:?} -> {:?}", input, state),
            Err(why) => println!("{:?}: {}", input, why),
        }
    }
    println!("{} {} {}", gate.coins, gate.people, State::Locked < State::Broken);
}
