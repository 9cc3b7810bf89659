//! Running programs: the few ways that xtask does it, each with errors that name the program.

use crate::fault::{Doing, Fault, Result};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs `command` silently; its stderr is shown only in the error.
pub(crate) fn quiet(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Runs `command` and returns its stdout.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().doing(format!("start {}", words(command)))?;
    if !done.status.success() {
        let told = String::from_utf8_lossy(&done.stderr);
        let mut lines: Vec<_> = told.lines().take(5).collect();
        if told.lines().count() > lines.len() {
            lines.push("…");
        }
        return Err(Fault::new(format!(
            "{} ended with {}\n{}",
            words(command),
            done.status,
            lines.join("\n")
        )));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Runs `command` with this process's own stdout and stderr; true when it succeeded.
pub(crate) fn shown(command: &mut Command) -> Result<bool> {
    let status = command.stdin(Stdio::null()).status().doing(format!("start {}", words(command)))?;
    Ok(status.success())
}

/// Where in `PATH`, or the folders of system programs, `program` is.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// True when this process may install and mount: what `root` means here.
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// `bytes` as one word of a POSIX shell, whatever is in it.
pub(crate) fn quoted(bytes: impl AsRef<OsStr>) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    let mut word = vec![b'\''];
    for &byte in bytes.as_ref().as_bytes() {
        match byte {
            b'\'' => word.extend(b"'\\''"),
            other => word.push(other),
        }
    }
    word.push(b'\'');
    word
}

/// The name of a file without its folders, for messages and keys.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The beginning of a command line, for messages.
fn words(command: &Command) -> String {
    let shown = command.get_args().take(6).map(|word| word.display().to_string());
    let mut words: Vec<_> =
        std::iter::once(command.get_program().display().to_string()).chain(shown).collect();
    if command.get_args().len() > 6 {
        words.push("…".to_owned());
    }
    format!("`{}`", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_come_back_from_a_shell_as_they_were() {
        for word in ["", "a b", "it's", "$x `y` \"z\" \\", "new\nline", "-n"] {
            let mut script = b"printf %s ".to_vec();
            script.extend(quoted(word));
            let back = output(Command::new("sh").arg("-c").arg(String::from_utf8(script).unwrap())).unwrap();
            assert_eq!(back, word);
        }
    }

    #[test]
    fn a_failing_program_is_named_with_its_stderr() {
        let told = quiet(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err().to_string();
        assert!(
            told.contains("`sh -c") && told.contains("exit status: 3") && told.contains("broken"),
            "{told}"
        );
    }
}
