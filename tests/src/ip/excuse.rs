//! The reviewed list of what may differ, each with its reason: `tests/ip/differences.txt`.

/// One difference that is meant.
#[derive(Debug)]
pub struct Excuse {
    /// What it is called in reports.
    pub name: String,
    /// Which lines it is about: patterns of whole command lines, `*` for anything.
    lines: Vec<String>,
    /// What may differ: `status`, `out`, `err`, `links`, `request`, `view`.
    only: Vec<String>,
    /// What ours must hold, where that is said; so that an excuse cannot hide anything else.
    ours: Vec<String>,
    /// What theirs must hold.
    theirs: Vec<String>,
    /// What theirs is without to be ours: `fillers` for the `{}` of links that a filter leaves out.
    without: Option<String>,
    /// Why.
    pub reason: String,
}

/// What differed about one line.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The command line.
    pub line: String,
    /// `status`, `out`, `err`, `links`, `request` or `view`.
    pub what: &'static str,
    /// Ours.
    pub ours: String,
    /// Theirs.
    pub theirs: String,
}

/// Reads the list: blocks between empty lines, `[name]`, then `line`, `only`, `ours`, `theirs`, `reason`, a colon, a value.
pub fn read(text: &str) -> Vec<Excuse> {
    let mut out: Vec<Excuse> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            let new = Vec::new;
            let (lines, only, ours, theirs) = (new(), new(), new(), new());
            let (without, reason) = (None, String::new());
            out.push(Excuse { name: name.into(), lines, only, ours, theirs, without, reason });
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("line {}: no colon", number + 1));
        let last = out.last_mut().unwrap_or_else(|| panic!("line {}: no [name] above", number + 1));
        let value = value.trim().to_owned();
        match key {
            "line" => last.lines.push(value),
            "only" => last.only.extend(value.split_whitespace().map(str::to_owned)),
            "ours" => last.ours.push(value),
            "theirs" => last.theirs.push(value),
            "without" => last.without = Some(value),
            "reason" => last.reason = value,
            _ => panic!("line {}: no key {key}", number + 1),
        }
    }
    for excuse in &out {
        let complete = !excuse.lines.is_empty() && !excuse.only.is_empty() && !excuse.reason.is_empty();
        assert!(complete, "[{}] wants line, only and reason", excuse.name);
    }
    out
}

impl Excuse {
    /// Whether the difference is this one.
    pub fn covers(&self, d: &Difference) -> bool {
        self.only.iter().any(|only| only == d.what)
            && self.lines.iter().any(|pattern| glob(pattern, &d.line))
            && self.ours.iter().all(|text| d.ours.contains(text.as_str()))
            && self.theirs.iter().all(|text| d.theirs.contains(text.as_str()))
            && self.without.as_ref().is_none_or(|what| without(what, &d.theirs) == without(what, &d.ours))
    }
}

/// Output without what an excuse names.
fn without(what: &str, text: &str) -> String {
    match what {
        "fillers" => text.lines().map(unfilled).collect::<String>().split_whitespace().collect(),
        "warnings" => {
            text.lines().filter(|l| !l.starts_with("Warning: ")).map(|l| format!("{l}\n")).collect()
        }
        _ => panic!("nothing is known of {what}"),
    }
}

/// A line of JSON without empty objects; pretty output has them as `{},{` where objects meet.
fn unfilled(line: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(line) {
        Ok(serde_json::Value::Array(mut list)) => {
            list.retain(|link| link.as_object().is_none_or(|o| !o.is_empty()));
            serde_json::Value::Array(list).to_string()
        }
        _ => line.replace("{},", "").replace(",{}", "").replace("{}", ""),
    }
}

/// Whether a text is what a pattern says, `*` being anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excuse_covers_what_it_says_and_nothing_more() {
        let list = read("# why\n[fill]\nline: ip *-j* link show*\nonly: out\ntheirs: {}\nreason: fillers\n");
        let d = |line: &str, what, theirs: &str| Difference {
            line: line.into(),
            what,
            ours: String::new(),
            theirs: theirs.into(),
        };
        assert!(list[0].covers(&d("ip -j link show up", "out", "[{},{\"a\":1}]")));
        assert!(!list[0].covers(&d("ip -j link show up", "out", "[{\"a\":1}]")));
        assert!(!list[0].covers(&d("ip -j link show up", "status", "{}")));
        assert!(!list[0].covers(&d("ip link show up", "out", "{}")));
    }
}
