//! From a guest's port to a stream of this process: a socket that QEMU connects to, and a thread that copies.

use crate::fault::{Doing, Fault, Result};
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Where the bytes go.
pub(crate) type Sink = Box<dyn Write + Send>;

pub(super) struct Pipe {
    path: PathBuf,
    copier: JoinHandle<()>,
}

impl Pipe {
    /// Listens on the socket `path` from now on.
    pub(super) fn open(path: &Path, mut sink: Sink) -> Result<Self> {
        let listener = UnixListener::bind(path).doing(format!("listen on {}", path.display()))?;
        let copier = std::thread::spawn(move || {
            if let Ok((stream, _)) = listener.accept() {
                copy(stream, &mut sink);
            }
        });
        Ok(Self { path: path.to_path_buf(), copier })
    }

    /// Waits until all that the guest wrote has arrived; to be called when QEMU has ended.
    pub(super) fn close(self) -> Result<()> {
        // A QEMU that never connected leaves the thread waiting: this connection, at its end at once, wakes it.
        drop(UnixStream::connect(&self.path));
        self.copier.join().map_err(|_| Fault::new("the thread that copies a guest's output died"))
    }
}

/// Each piece goes on at once. When nobody reads any more, the rest is still taken, or the guest would wait for ever.
fn copy(mut stream: UnixStream, sink: &mut Sink) {
    let (mut bytes, mut wanted) = (vec![0; 64 * 1024], true);
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => {
                wanted = wanted && sink.write_all(&bytes[..count]).and_then(|()| sink.flush()).is_ok();
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
