fn f(s: &[i32]) { match s { [] => {}, [_] => {} } } // rejected
fn f(s: &[Option<u8>]) { match s { [] => {}, [Some(_), ..] => {}, [None, ..] => {} } }
fn f(s: &[Option<u8>]) { match s { [] => {}, [Some(_), ..] => {}, [.., None] => {} } } // rejected
fn f(s: [Option<u8>; 2]) { match s { [Some(_), _] => {}, [None, ..] => {} } }
fn f(s: [Option<u8>; 2]) { match s { [Some(_), _] => {}, [None, None] => {} } } // rejected
fn f(s: [bool; 300]) { match s { [true, ..] => {}, [.., false] => {}, [false, .., true] => {} } }
fn f(s: &[bool]) { match s { [] => {}, [true, ..] => {}, [.., false] => {}, [false, .., true] => {} } }
fn f(s: &[bool]) { match s { [] => {}, [true, ..] => {}, [.., false] => {}, [false, _, .., true] => {} } } // rejected
fn f(s: &[u8]) { match s { [0..=9, ..] => {}, [10..=255, rest @ ..] => {}, [] => {} } }
fn f(s: &[u8]) { match s { [0..=9, ..] => {}, [11..=255, rest @ ..] => {}, [] => {} } } // rejected
fn f(s: (&[bool], bool)) { match s { ([], _) => {}, ([true, ..], true) => {}, (_, false) => {}, ([false, ..], true) => {} } }
fn f(s: &[&str]) { match s { ["a", ..] => {}, [_, ..] => {}, [] => {} } }
fn f(s: &[&str]) { match s { ["a", ..] => {}, [] => {} } } // rejected
fn f(s: [bool; 0]) { match s { [] => {} } }
fn f(s: &[bool]) { match s { [a, .., b] => {}, [a] => {}, [] => {} } }
fn f(s: &[bool]) { match s { [a, b, .., c] => {}, [a] => {}, [] => {} } } // rejected
fn f(s: [bool; 3]) { let [a, .., b] = s; let [x, y, z] = s; }
fn f(s: [bool; 3]) { let [true, .., b] = s; } // rejected
fn f(s: &Vec<Option<bool>>) { match s.as_slice() { [Some(true) | None, ..] => {}, [Some(false), ..] => {}, [] => {} } }
fn f(s: &[Vec<[bool; 2]>]) { match s { [v, ..] => match v[0] { [true, _] => {}, [false, true] => {}, [false, false] => {} }, [] => {} } }
fn f(s: &[bool]) { match s { [true, ..] => {}, [] => {}, [_, ..] => {}, [false] => {} } }
