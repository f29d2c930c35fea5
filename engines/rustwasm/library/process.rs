//! std::process.

/// Systems keep eight bits of the status.
pub fn exit(code: i32) -> ! { crate::intrinsics::exit(code & 255) }
pub fn abort() -> ! { crate::intrinsics::exit(134) }

/// What `main` and tests may return: what the program's exit status is then.
#[lang]
pub trait Termination { fn report(self) -> ExitCode; }
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode(u8);
impl ExitCode {
    pub const SUCCESS: ExitCode = ExitCode(0);
    pub const FAILURE: ExitCode = ExitCode(1);
    pub fn exit_process(self) -> ! { exit(self.0 as i32) }
}
impl From<u8> for ExitCode { fn from(code: u8) -> ExitCode { ExitCode(code) } }
impl Default for ExitCode { fn default() -> ExitCode { ExitCode(0) } }
impl Termination for ExitCode { fn report(self) -> ExitCode { self } }
impl Termination for () { fn report(self) -> ExitCode { ExitCode(0) } }
impl Termination for ! { fn report(self) -> ExitCode { self } }
impl<T: Termination, E: crate::fmt::Debug> Termination for Result<T, E> {
    fn report(self) -> ExitCode {
        match self {
            Ok(value) => value.report(),
            Err(error) => {
                eprintln!("Error: {:?}", error);
                ExitCode(1)
            }
        }
    }
}
/// What becomes of `main`'s result.
#[lang]
pub fn main_result<T: Termination>(value: T) {
    let code = value.report();
    if code.0 != 0 { exit(code.0 as i32) }
}
