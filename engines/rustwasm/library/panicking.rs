//! How a program ends with a panic.

use crate::fmt::Debug;

#[intrinsic] #[lang] #[track_caller] pub fn panic(message: &str) -> !;

#[lang] #[track_caller]
pub fn panic_string(message: String) -> ! { panic(&message) }

#[track_caller]
pub fn unwrap_failed(message: &str, value: &dyn Debug) -> ! { panic!("{}: {:?}", message, value) }
