//! Colours of iproute2's output: which there are, and how they lie around a text.

/// The colours to use. Whether there are any decides whoever knows the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// None.
    #[default]
    None,
    /// Bright ones, for a dark background.
    Dark,
    /// Darker ones, for a light background.
    Light,
}

/// What is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// A link's name.
    Name,
    /// A link-layer address.
    Mac,
    /// An IPv4 address.
    Ip4,
    /// An IPv6 address.
    Ip6,
    /// The state `UP`.
    Up,
    /// The state `DOWN`.
    Down,
}

impl Paint {
    /// The colours for a terminal by its `COLORFGBG`, whose last field is the background: 0 to 6 and 8 are dark.
    /// So is a terminal that says nothing.
    pub fn of_terminal(colorfgbg: Option<&str>) -> Self {
        match colorfgbg.and_then(|v| v.rsplit_once(';')).map(|(_, last)| last) {
            None | Some("0" | "1" | "2" | "3" | "4" | "5" | "6" | "8") => Self::Dark,
            Some(_) => Self::Light,
        }
    }

    /// The sequence that begins a colour; empty where there are none.
    pub const fn begin(self, hue: Hue) -> &'static str {
        match (self, hue) {
            (Self::None, _) => "",
            (Self::Dark, Hue::Name) => "\x1b[1;36m",
            (Self::Dark, Hue::Mac) => "\x1b[1;33m",
            (Self::Dark, Hue::Ip4) => "\x1b[1;35m",
            (Self::Dark, Hue::Ip6) => "\x1b[1;94m",
            (Self::Dark, Hue::Up) => "\x1b[1;32m",
            (Self::Dark, Hue::Down) => "\x1b[1;31m",
            (Self::Light, Hue::Name) => "\x1b[36m",
            (Self::Light, Hue::Mac) => "\x1b[33m",
            (Self::Light, Hue::Ip4) => "\x1b[35m",
            (Self::Light, Hue::Ip6) => "\x1b[34m",
            (Self::Light, Hue::Up) => "\x1b[32m",
            (Self::Light, Hue::Down) => "\x1b[31m",
        }
    }

    /// The sequence that ends it.
    pub const fn end(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Dark | Self::Light => "\x1b[0m",
        }
    }

    /// Writes something in a colour.
    pub fn around(self, hue: Hue, out: &mut String, what: impl FnOnce(&mut String)) {
        out.push_str(self.begin(hue));
        what(out);
        out.push_str(self.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_is_the_last_field() {
        for (value, paint) in [
            (None, Paint::Dark),
            (Some("x"), Paint::Dark),
            (Some("15;0"), Paint::Dark),
            (Some("0;8"), Paint::Dark),
            (Some("0;7"), Paint::Light),
            (Some("0;default;15"), Paint::Light),
            (Some("0;"), Paint::Light),
        ] {
            assert_eq!(Paint::of_terminal(value), paint, "{value:?}");
        }
    }
}
