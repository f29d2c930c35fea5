//! How a program ends with a panic.

use crate::fmt::Debug;
use crate::intrinsics::{slice_len, slice_part, str_bytes, str_from_bytes};

#[intrinsic] #[lang] #[track_caller] pub fn panic(message: &str) -> !;

#[lang] #[track_caller]
pub fn panic_string(message: String) -> ! { panic(&message) }

#[track_caller]
pub fn unwrap_failed(message: &str, value: &dyn Debug) -> ! { panic!("{}: {:?}", message, value) }

/// A panic's text, put together without the formatting machinery; what does not fit is cut off.
pub struct Message { bytes: [u8; 400], length: usize }
impl Message {
    pub fn new(text: &str) -> Message {
        let mut made = Message { bytes: [0; 400], length: 0 };
        made.text(text);
        made
    }
    pub fn text(&mut self, text: &str) {
        let from = str_bytes(text);
        let mut i = 0;
        while i < slice_len(from) && self.length < 400 {
            self.bytes[self.length] = from[i];
            self.length += 1;
            i += 1;
        }
    }
    pub fn number(&mut self, value: usize) {
        if value > 9 { self.number(value / 10); }
        let digit = [b'0' + (value % 10) as u8];
        self.text(str_from_bytes(&digit));
    }
    #[track_caller]
    pub fn panic(&self) -> ! { panic(str_from_bytes(slice_part(&self.bytes, 0, self.length))) }
}
/// Panics with a text around two numbers.
#[track_caller]
pub fn panic_numbers(before: &str, first: usize, between: &str, second: usize, after: &str) -> ! {
    let mut message = Message::new(before);
    message.number(first);
    message.text(between);
    message.number(second);
    message.text(after);
    message.panic()
}
