// The twin of programs/stack_machine.rs: the machine is a shared object, its operations plain values.
#![wasm::gc]

#[derive(Clone, Copy, Debug)]
enum Op {
    Push(i64),
    Load(usize),
    Store(usize),
    Add,
    Sub,
    Mul,
    Less,
    Jump(usize),
    JumpIfZero(usize),
    Print,
    Halt,
}

#[derive(Debug)]
enum Fault {
    Underflow(usize),
    BadJump(usize),
    Fuel,
}

struct Machine {
    stack: GcArray<i64>,
    cells: [i64; 8],
    output: GcArray<GcString>,
}

impl Machine {
    fn new() -> Self {
        Machine { stack: GcArray::new(), cells: [0; 8], output: GcArray::new() }
    }

    fn pop(self, at: usize) -> Result<i64, Fault> {
        self.stack.pop().ok_or(Fault::Underflow(at))
    }

    fn run(self, code: &[Op], mut fuel: u32) -> Result<u32, Fault> {
        let mut pc = 0;
        let start = fuel;
        while fuel > 0 {
            fuel -= 1;
            if pc >= code.len() {
                return Err(Fault::BadJump(pc));
            }
            let op = code[pc];
            let at = pc;
            pc += 1;
            match op {
                Op::Push(value) => self.stack.push(value),
                Op::Load(cell) => self.stack.push(self.cells[cell]),
                Op::Store(cell) => self.cells[cell] = self.pop(at)?,
                Op::Add | Op::Sub | Op::Mul | Op::Less => {
                    let right = self.pop(at)?;
                    let left = self.pop(at)?;
                    self.stack.push(match op {
                        Op::Add => left.wrapping_add(right),
                        Op::Sub => left.wrapping_sub(right),
                        Op::Mul => left.wrapping_mul(right),
                        _ => (left < right) as i64,
                    });
                }
                Op::Jump(target) => pc = target,
                Op::JumpIfZero(target) => {
                    if self.pop(at)? == 0 {
                        pc = target;
                    }
                }
                Op::Print => {
                    let value = self.pop(at)?;
                    self.output.push(GcString::from(value.to_string()));
                }
                Op::Halt => return Ok(start - fuel),
            }
        }
        Err(Fault::Fuel)
    }
}

fn main() {
    let factorial = [
        Op::Push(1), Op::Store(1), Op::Push(1), Op::Store(0),
        Op::Load(0), Op::Push(16), Op::Less, Op::JumpIfZero(17),
        Op::Load(1), Op::Load(0), Op::Mul, Op::Store(1),
        Op::Load(0), Op::Push(1), Op::Add, Op::Store(0),
        Op::Jump(4), Op::Load(1), Op::Print, Op::Halt,
    ];
    let machine = Machine::new();
    match machine.run(&factorial, 10_000) {
        Ok(steps) => println!("{} after {} steps", machine.output[0], steps),
        Err(fault) => println!("{:?}", fault),
    }
    println!("{:?}", Machine::new().run(&[Op::Add], 10).unwrap_err());
    println!("{:?}", Machine::new().run(&[Op::Jump(9)], 10).unwrap_err());
    println!("{:?}", Machine::new().run(&[Op::Jump(0)], 10).unwrap_err());
}
