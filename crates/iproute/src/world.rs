//! What a command line needs to know of the machine while it is read.

/// Who is asked. One thing at a time, and only when a word wants it: iproute2 looks up links while it parses, so that
/// the order of errors is the order of words.
pub trait World {
    /// The index of the link of a name, an alternative name, or `ifN`.
    fn index(&mut self, name: &[u8]) -> Option<u32>;
    /// The index of a link in the namespace of a number, as the target namespace numbers it where a descriptor of that
    /// is given; or what the kernel says.
    fn index_in(&mut self, name: &[u8], nsid: i32, target: Option<i32>) -> Result<u32, String>;
    /// The payload of the `RTM_NEWLINK` that tells of a link.
    fn link(&mut self, index: u32) -> Option<Vec<u8>>;
    /// The number of a group of `/etc/iproute2/group`.
    fn group(&mut self, name: &str) -> Option<u32>;
    /// The bit of a reason of `/etc/iproute2/protodown_reasons.d`.
    fn reason(&mut self, name: &str) -> Option<u32>;
    /// The number of a routing table of `/etc/iproute2/rt_tables`.
    fn table(&mut self, name: &str) -> Option<u32>;
    /// The number of a type of service of `/etc/iproute2/rt_dsfield`.
    fn dsfield(&mut self, name: &str) -> Option<u8>;
    /// A descriptor of a namespace by name, path or process id; it stays open.
    fn netns(&mut self, word: &[u8]) -> Option<i32>;
    /// The number of a namespace, given one where it has none: as the target namespace numbers it, where a
    /// descriptor of that is given.
    fn nsid(&mut self, word: &[u8], target: Option<i32>) -> Option<i32>;
    /// A descriptor of a pinned XDP program, or the sentence that says why there is none.
    fn program(&mut self, path: &[u8]) -> Result<i32, String>;
    /// Says something on standard error at once: a warning.
    fn warn(&mut self, text: &str);
}

/// What was said before the object: it changes how the rest is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mood {
    /// `preferred_family`: `-4`, `-6`, `-f`.
    pub family: u8,
    /// `-force`.
    pub force: bool,
    /// Many commands follow each other: links go by name where that will do, which saves asking for their indexes.
    pub many: bool,
}

/// Everything that reading one command line uses.
pub struct Context<'w> {
    /// The machine.
    pub world: &'w mut dyn World,
    /// The options.
    pub mood: Mood,
}
