//! std::error.

use crate::fmt;

pub trait Error: fmt::Debug + fmt::Display {
    fn source(&self) -> Option<&(dyn Error + 'static)> { None }
    fn description(&self) -> &str { "description() is deprecated; use Display" }
}

/// The error that a text becomes.
pub struct Message { pub text: String }
impl fmt::Debug for Message { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(&self.text, f) } }
impl fmt::Display for Message { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.text) } }
impl Error for Message {}
impl<T: Error> Error for Box<T> {}
