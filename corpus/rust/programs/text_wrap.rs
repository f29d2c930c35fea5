use std::borrow::Cow;
use std::fmt::Write as _;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align { #[default] Left, Right, Center, Justify }

#[derive(Debug, Clone)]
pub struct Options<'a> { width: usize, indent: Cow<'a, str>, align: Align, break_words: bool }

impl<'a> Options<'a> {
    pub fn new(width: usize) -> Self { Self { width, indent: Cow::Borrowed(""), align: Align::default(), break_words: true } }
    pub fn indent<S: Into<Cow<'a, str>>>(mut self, s: S) -> Self { self.indent = s.into(); self }
    pub fn align(self, align: Align) -> Self { Self { align, ..self } }
    pub fn break_words(mut self, yes: bool) -> Self { self.break_words = yes; self }
}
impl From<usize> for Options<'_> { fn from(w: usize) -> Self { Options::new(w) } }

fn split_word<'w>(word: &'w str, width: usize) -> impl Iterator<Item = &'w str> + 'w {
    let mut rest = word;
    std::iter::from_fn(move || {
        if rest.is_empty() { return None; }
        let end = rest.char_indices().nth(width).map_or(rest.len(), |(i, _)| i);
        let (a, b) = rest.split_at(end);
        rest = b;
        Some(a)
    })
}

pub fn wrap<'t>(text: &'t str, options: impl Into<Options<'t>>) -> Vec<Cow<'t, str>> {
    let o = options.into();
    let width = o.width.saturating_sub(o.indent.chars().count()).max(1);
    let mut out: Vec<Cow<'t, str>> = Vec::new();
    for para in text.split('\n') {
        let mut line: Vec<&str> = vec![];
        let mut used = 0usize;
        let pieces = para.split_ascii_whitespace().flat_map(|w| {
            let b: Box<dyn Iterator<Item = &str>> = if o.break_words { Box::new(split_word(w, width)) } else { Box::new(std::iter::once(w)) };
            b
        });
        for w in pieces {
            let n = w.chars().count();
            let gap = usize::from(!line.is_empty());
            if used + gap + n > width && !line.is_empty() {
                out.push(finish(&o, width, &line, false));
                line.clear();
                used = 0;
            }
            used += n + usize::from(!line.is_empty());
            line.push(w);
        }
        out.push(finish(&o, width, &line, true));
    }
    out
}

fn finish<'t>(o: &Options<'_>, width: usize, words: &[&'t str], last: bool) -> Cow<'t, str> {
    if let ([only], Align::Left, true) = (words, o.align, o.indent.is_empty()) { return Cow::Borrowed(*only); }
    let mut s = o.indent.clone().into_owned();
    match o.align {
        Align::Left => s += &words.join(" "),
        Align::Right => write!(s, "{:>width$}", words.join(" ")).unwrap(),
        Align::Center => { let t = words.join(" "); write!(&mut s, "{t:^width$}").unwrap(); s.truncate(s.trim_end().len()); }
        Align::Justify if !last && words.len() > 1 => {
            let chars: usize = words.iter().map(|w| w.chars().count()).sum();
            let (gaps, spaces) = (words.len() - 1, width - chars);
            for (i, w) in words.iter().copied().enumerate() {
                s.push_str(w);
                if i < gaps { s.extend(std::iter::repeat(' ').take(spaces / gaps + usize::from(i < spaces % gaps))); }
            }
        }
        Align::Justify => s.push_str(words.join(" ").as_str()),
    }
    Cow::Owned(s)
}

fn dedent(s: &str) -> String {
    let margin = s.lines().filter(|l| !l.trim().is_empty()).map(|l| l.len() - l.trim_start().len()).min().unwrap_or(0);
    s.lines().map(|l| l.get(margin..).unwrap_or("")).fold(String::new(), |mut acc, l| { if !acc.is_empty() { acc.push('\n'); } acc += l; acc })
}

fn title_case(s: &str) -> String {
    s.split(' ').map(|w| { let mut c = w.chars(); match c.next() { Some(f) => f.to_uppercase().collect::<String>() + c.as_str(), None => String::new() } }).collect::<Vec<_>>().join(" ")
}

fn main() {
    let text = "The quick brown fox jumps over the lazy dog; pneumonoultramicroscopicsilicovolcanoconiosis is a long word.\nÜber größere Wörter läßt sich streiten.";
    for align in [Align::Left, Align::Right, Align::Center, Align::Justify] {
        println!("--- {align:?}");
        for l in wrap(text, Options::new(24).align(align).indent("> ")) { println!("{l}|"); }
    }
    let w = wrap("alpha\nbeta gamma", 5);
    println!("{w:?} {}", w.iter().filter(|c| matches!(c, Cow::Borrowed(_))).count());
    let ind = String::from("  * ");
    println!("{}", wrap("pneumonoultramicroscopic silico", Options::new(12).indent(ind.clone()).break_words(false)).join("\n"));
    println!("{}", dedent("    fn x() {\n        y\n\n    }"));
    println!("{} / {:?}", title_case("hello wide ßtrange world"), "a,b,,c".split(',').rev().collect::<Vec<_>>());
    let mut table = String::new();
    for (k, v) in [("name", 12.5), ("longer name", -0.125), ("x", f64::NAN)] { writeln!(table, "{k:.<14}{v:+10.3}").ok(); }
    print!("{table}");
    println!("{:?}", "key = value = more".split_once(" = ").map(|(a, b)| (a.trim(), b.rsplit_once('=').map(|(x, _)| x.trim_end()))));
    println!("{:#?}", Options::new(3).indent("x"));
}
