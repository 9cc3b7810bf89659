//! When a link that drifted may be put right: at once the first time, later and later where it drifts again, and in the
//! end not any more. Two programs that both know better must not fight for ever.
//!
//! Pure: whoever asks says what time it is. Times are those of one clock that only goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use linkctl_link::Key;

/// How long after the first repair the second may come; each further one waits twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// How many repairs of one link there are before it is given up.
const MOST: u32 = 8;
/// How long a link has to stay as wanted until it counts as calm again.
const CALM: Duration = Duration::from_mins(10);

/// Whether a link may be put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Now.
    Now,
    /// Not before then.
    At(Duration),
    /// Not any more: somebody else wants it otherwise.
    Never,
}

/// What is remembered of the links that drifted.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    links: BTreeMap<Key, Strikes>,
}

/// How often a link was put right, and when last.
#[derive(Clone, Copy, Debug)]
struct Strikes {
    repairs: u32,
    last: Duration,
}

impl Patience {
    /// Nothing has drifted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a link that drifted may be put right now.
    pub fn turn(&self, key: &Key, now: Duration) -> Turn {
        let Some(strikes) = self.links.get(key).filter(|s| now < s.last + CALM) else { return Turn::Now };
        if strikes.repairs >= MOST {
            return Turn::Never;
        }
        let at = strikes.last + FIRST * 2u32.pow(strikes.repairs.saturating_sub(1));
        if now >= at { Turn::Now } else { Turn::At(at) }
    }

    /// Notes that it is put right now, or that this was tried. Returns how often that was by now.
    pub fn strike(&mut self, key: &Key, now: Duration) -> u32 {
        let strikes = self.links.entry(key.clone()).or_insert(Strikes { repairs: 0, last: now });
        if now >= strikes.last + CALM {
            strikes.repairs = 0;
        }
        strikes.repairs += 1;
        strikes.last = now;
        strikes.repairs
    }

    /// Forgets everything: somebody said so, or what is wanted has changed.
    pub fn forget(&mut self) {
        self.links.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linkctl_schema::Name;

    #[test]
    fn a_link_that_drifts_again_and_again_is_put_right_ever_later_and_then_given_up() {
        let key = Key::here(Name::new("eth0").expect("a name"));
        let mut patience = Patience::new();
        let mut now = Duration::from_secs(100);
        let mut gaps = Vec::new();
        for _ in 0..MOST {
            let start = now;
            if let Turn::At(at) = patience.turn(&key, now) {
                now = at;
            }
            assert_eq!(patience.turn(&key, now), Turn::Now);
            gaps.push(now.saturating_sub(start).as_secs());
            patience.strike(&key, now);
        }
        assert_eq!(gaps, [0, 1, 2, 4, 8, 16, 32, 64]);
        assert_eq!(patience.turn(&key, now + Duration::from_secs(599)), Turn::Never);
        assert_eq!(patience.turn(&key, now + CALM), Turn::Now, "after ten calm minutes it is forgiven");
        assert_eq!(patience.strike(&key, now + CALM), 1);
        patience.strike(&key, now + CALM);
        patience.forget();
        assert_eq!(patience.turn(&key, now + CALM), Turn::Now);
    }
}
