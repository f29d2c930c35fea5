// Matching with . * + ? ^ $ and classes, by backtracking over a parsed pattern.
#[derive(Debug)]
enum Atom {
    Any,
    One(char),
    Class(Vec<(char, char)>, bool),
}

#[derive(Debug)]
struct Piece {
    atom: Atom,
    least: usize,
    most: usize,
}

struct Regex {
    pieces: Vec<Piece>,
    at_start: bool,
    at_end: bool,
}

impl Atom {
    fn accepts(&self, c: char) -> bool {
        match self {
            Atom::Any => true,
            Atom::One(wanted) => *wanted == c,
            Atom::Class(ranges, negated) => ranges.iter().any(|&(a, b)| a <= c && c <= b) != *negated,
        }
    }
}

impl Regex {
    fn new(pattern: &str) -> Regex {
        let mut characters: Vec<char> = pattern.chars().collect();
        let at_start = characters.first() == Some(&'^');
        if at_start {
            characters.remove(0);
        }
        let at_end = characters.last() == Some(&'$');
        if at_end {
            characters.pop();
        }
        let mut pieces = Vec::new();
        let mut i = 0;
        while i < characters.len() {
            let atom = match characters[i] {
                '.' => Atom::Any,
                '[' => {
                    let mut ranges = Vec::new();
                    i += 1;
                    let negated = characters[i] == '^';
                    if negated {
                        i += 1;
                    }
                    while characters[i] != ']' {
                        let first = characters[i];
                        if characters[i + 1] == '-' && characters[i + 2] != ']' {
                            ranges.push((first, characters[i + 2]));
                            i += 3;
                        } else {
                            ranges.push((first, first));
                            i += 1;
                        }
                    }
                    Atom::Class(ranges, negated)
                }
                '\\' => {
                    i += 1;
                    Atom::One(characters[i])
                }
                c => Atom::One(c),
            };
            i += 1;
            let (least, most) = match characters.get(i) {
                Some('*') => (0, usize::MAX),
                Some('+') => (1, usize::MAX),
                Some('?') => (0, 1),
                _ => (1, 1),
            };
            if (least, most) != (1, 1) {
                i += 1;
            }
            pieces.push(Piece { atom, least, most });
        }
        Regex { pieces, at_start, at_end }
    }

    fn here(&self, pieces: &[Piece], text: &[char]) -> Option<usize> {
        let Some((piece, rest)) = pieces.split_first() else {
            return if self.at_end && !text.is_empty() { None } else { Some(0) };
        };
        let mut count = 0;
        while count < piece.most && count < text.len() && piece.atom.accepts(text[count]) {
            count += 1;
        }
        loop {
            if count < piece.least {
                return None;
            }
            if let Some(length) = self.here(rest, &text[count..]) {
                return Some(count + length);
            }
            if count == 0 {
                return None;
            }
            count -= 1;
        }
    }

    fn find(&self, text: &str) -> Option<(usize, String)> {
        let characters: Vec<char> = text.chars().collect();
        for start in 0..=characters.len() {
            if let Some(length) = self.here(&self.pieces, &characters[start..]) {
                return Some((start, characters[start..start + length].iter().collect()));
            }
            if self.at_start {
                break;
            }
        }
        None
    }
}

fn main() {
    let cases = [
        ("a*b", "xaaab"),
        ("^ab?c$", "ac"),
        ("^ab?c$", "abbc"),
        ("[0-9]+", "order 66!"),
        ("[^a-z ]+", "order 66!"),
        ("h.llo", "say hello"),
        ("\\.rs$", "main.rs"),
        ("z", "abc"),
    ];
    for (pattern, text) in cases.iter() {
        match Regex::new(pattern).find(text) {
            Some((start, found)) => println!("{} in {:?}: {:?} at {}", pattern, text, found, start),
            None => println!("{} in {:?}: no", pattern, text),
        }
    }
}
