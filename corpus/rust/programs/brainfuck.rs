fn matching(code: &[u8]) -> Vec<usize> {
    let mut jumps = vec![0; code.len()];
    let mut open = Vec::new();
    for (i, &byte) in code.iter().enumerate() {
        if byte == b'[' {
            open.push(i);
        } else if byte == b']' {
            let start = open.pop().expect("unbalanced ]");
            jumps[start] = i;
            jumps[i] = start;
        }
    }
    assert!(open.is_empty(), "unbalanced [");
    jumps
}

fn run(source: &str) -> String {
    let code = source.as_bytes();
    let jumps = matching(code);
    let mut tape = [0u8; 1000];
    let (mut pc, mut cell) = (0, 0);
    let mut output = String::new();
    while pc < code.len() {
        match code[pc] {
            b'>' => cell += 1,
            b'<' => cell -= 1,
            b'+' => tape[cell] = tape[cell].wrapping_add(1),
            b'-' => tape[cell] = tape[cell].wrapping_sub(1),
            b'.' => output.push(tape[cell] as char),
            b'[' if tape[cell] == 0 => pc = jumps[pc],
            b']' if tape[cell] != 0 => pc = jumps[pc],
            _ => {}
        }
        pc += 1;
    }
    output
}

fn main() {
    let hello = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.";
    print!("{}", run(hello));
    let digits = "++++++++[>++++++<-]>>++++++++++[<.+>-]";
    let text = run(digits);
    println!("{} {}", text.len(), text);
}
