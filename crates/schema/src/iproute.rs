//! The words of iproute2 for a kind's settings: which there are, in which order they are tried, what each takes, and
//! what is said where that is wrong.
//!
//! Order matters: iproute2 takes the first word that begins with what was typed (`matches()` of its `lib/utils.c`).
//! The values themselves are read by the type of the field (`crates/iproute`).

/// One word, or several that mean the same, and what follows.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its spellings, with a space between: `~id` is known by any beginning of it, `=local` only whole.
    pub spelt: &'static str,
    /// The field that it says; empty where code of its own knows what to do (`crates/iproute/src/odd`).
    pub field: &'static str,
    /// What follows.
    pub takes: Takes,
    /// What is said of a value that is none.
    pub wrong: Wrong,
    /// It may stand only once: what it is called where it is said again. Shared by all words of one field.
    pub once: Option<&'static str>,
    /// iproute2 itself refuses numbers that are out of the field's bounds.
    pub bounded: bool,
    /// Numbers do for the field's words.
    pub numbered: bool,
}

/// What follows a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A value, read as iproute2 reads the field's type.
    Value,
    /// Nothing: the word alone says this number, and 0 and 1 for off and on.
    Nothing(u64),
    /// Whatever the code of the kind reads.
    Own,
}

/// What is said of a value that is none, and the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// What the type says: `"zz" is invalid lladdr.`, `Cannot find device "x"`, `an inet address is expected …`; 1.
    Type,
    /// `Error: argument "VALUE" is wrong: TEXT`; 255, and it ends a batch at once.
    Argument(&'static str),
    /// `Error: argument of "WORD" must be "on" or "off", not "VALUE"`.
    OnOrOff(u8),
    /// `Error: argument of "WORD" must be one of "a", "b", not "VALUE"`, as `parse_one_of` has it: beginnings are
    /// taken, with a warning, unless the words are on and off.
    OneOf(u8),
    /// The same, and it ends a batch at once.
    OneOfEnds(u8),
    /// `Error: argument of "WORD" must be "a", "b" or "c", not "VALUE"`.
    Among(u8),
    /// A sentence of its own, without newline: `{word}` and `{value}` stand for what was typed.
    Says(&'static str, u8),
}

/// How a kind's words are read.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// The words, in the order in which they are tried.
    pub words: &'static [Word],
    /// What becomes of a word that is none of these.
    pub unknown: Unknown,
    /// Whether `help` is one of them.
    pub help: Help,
}

/// Whether a kind knows the word `help`, for usage alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help {
    /// By any beginning of it.
    Short,
    /// Only whole.
    Whole,
    /// It is no word.
    Never,
}

/// What becomes of a word that a kind does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// iproute2 only shows the kind, which has no words: as the last, and `help` does not know it.
    Unread,
    /// iproute2 does not know the kind: as the last, and neither `help` nor `xstats` know it.
    Stranger,
    /// The kind has no words: `Garbage instead of arguments "x ...". Try "ip link help".`; 1.
    Garbage,
    /// `KIND: unknown command "x"?` and usage, to stderr; 1.
    Command,
    /// `KIND: unknown option "x"?` and usage, to stderr; 1.
    Option,
    /// Usage alone, to stderr; 1.
    Usage,
    /// Usage alone, to stdout; 1.
    Aloud,
    /// A sentence of its own, in which `{word}` stands for what was typed, and usage, to stderr; 1.
    Says(&'static str),
    /// It is passed over in silence.
    Ignored,
}

impl Grammar {
    /// No words at all.
    pub const NONE: Self = Self { words: &[], unknown: Unknown::Garbage, help: Help::Never };

    /// These words; what is none of them is an unknown command.
    pub const fn new(words: &'static [Word]) -> Self {
        Self { words, unknown: Unknown::Command, help: Help::Short }
    }

    /// Where `help` is known otherwise than by its beginnings.
    pub const fn help(mut self, help: Help) -> Self {
        self.help = help;
        self
    }

    /// A kind that iproute2 only shows.
    pub const UNREAD: Self = Self { words: &[], unknown: Unknown::Unread, help: Help::Never };
    /// A kind that iproute2 does not know.
    pub const STRANGER: Self = Self { words: &[], unknown: Unknown::Stranger, help: Help::Never };

    /// With another answer to words that are not known.
    pub const fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }
}

/// The words of one list and then those of another: `N` is how many that makes.
pub const fn joined<const N: usize>(first: &[Word], second: &[Word]) -> [Word; N] {
    let mut out = [own(""); N];
    let mut i = 0;
    while i < N {
        out[i] = if i < first.len() { first[i] } else { second[i - first.len()] };
        i += 1;
    }
    assert!(N == first.len() + second.len(), "the length is another");
    out
}

/// A word with a value of the field behind it.
pub const fn word(spelt: &'static str, field: &'static str) -> Word {
    Word {
        spelt,
        field,
        takes: Takes::Value,
        wrong: Wrong::Type,
        once: None,
        bounded: false,
        numbered: false,
    }
}

/// A word that code of its own reads.
pub const fn own(spelt: &'static str) -> Word {
    Word {
        spelt,
        field: "",
        takes: Takes::Own,
        wrong: Wrong::Type,
        once: None,
        bounded: false,
        numbered: false,
    }
}

impl Word {
    /// The word alone says it: this number, or 0 and 1 for off and on.
    pub const fn means(mut self, number: u64) -> Self {
        self.takes = Takes::Nothing(number);
        self
    }

    /// Says of a value that is none `Error: argument "VALUE" is wrong: TEXT`.
    pub const fn wrong(mut self, text: &'static str) -> Self {
        self.wrong = Wrong::Argument(text);
        self
    }

    /// Says something else of a value that is none.
    pub const fn else_says(mut self, wrong: Wrong) -> Self {
        self.wrong = wrong;
        self
    }

    /// May be said once.
    pub const fn once(mut self, called: &'static str) -> Self {
        self.once = Some(called);
        self
    }

    /// iproute2 refuses numbers that are out of the field's bounds.
    pub const fn bounded(mut self) -> Self {
        self.bounded = true;
        self
    }

    /// Numbers do for the field's words.
    pub const fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// Its code reads the value: the field is named for the tables' sake.
    pub const fn odd(mut self) -> Self {
        self.takes = Takes::Own;
        self
    }

    /// The spellings: the word, and whether it is known by its beginnings too.
    pub fn spellings(&self) -> impl Iterator<Item = (&'static str, bool)> {
        self.spelt.split(' ').filter_map(|s| {
            s.strip_prefix('~').map(|w| (w, true)).or_else(|| s.strip_prefix('=').map(|w| (w, false)))
        })
    }

    /// Whether what was typed is this word.
    pub fn is(&self, typed: &str) -> bool {
        self.spellings().any(|(word, short)| spelt_as(word, short, typed))
    }
}

/// Whether what was typed is a word, or where `short` is allowed a beginning of it. Nothing is no beginning.
pub fn spelt_as(word: &str, short: bool, typed: &str) -> bool {
    typed == word || short && !typed.is_empty() && word.starts_with(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_enough_where_the_word_allows_it() {
        let id = word("~id ~vni", "id");
        assert!(["i", "id", "v", "vn"].iter().all(|w| id.is(w)));
        assert!(["", "idx", "n"].iter().all(|w| !id.is(w)));
        let local = word("=local", "local");
        assert!(local.is("local") && !local.is("loc"));
    }
}
