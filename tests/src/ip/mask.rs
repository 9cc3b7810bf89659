//! What differs from run to run without meaning anything: addresses that the kernel draws, timers, usage texts.

use crate::peer::masked;

/// Output without what is drawn or runs: addresses by the order in which they appear, so that what is the same stays so.
pub fn steady(text: &str) -> String {
    let mut out = masked(text);
    for (i, mac) in drawn(text).iter().enumerate() {
        let name = format!("<mac {}>", i + 1);
        out = out.replace(mac, &name).replace(&mac.replace(':', ""), &name).replace(&shortest(mac), &name);
    }
    after(&after(&out, "permaddr "), "\"permaddr\":")
}

/// The link-layer addresses in a text that the kernel drew: local ones that no test gives (`02:00:00:…`).
fn drawn(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_ascii_hexdigit() && c != ':') {
        let bytes: Vec<&str> = word.split(':').collect();
        let address = bytes.len() == 6 && bytes.iter().all(|b| b.len() == 2);
        let local = word.as_bytes().get(1).is_some_and(|c| b"26ae".contains(c));
        if address && local && !word.starts_with("02:00:00") && !out.iter().any(|w| w == word) {
            out.push(word.to_owned());
        }
    }
    out
}

/// An address as bridges' identifiers write it.
fn shortest(mac: &str) -> String {
    let byte = |b: &str| match b.trim_start_matches('0') {
        "" => "0".to_owned(),
        b => b.to_owned(),
    };
    mac.split(':').map(byte).collect::<Vec<_>>().join(":")
}

/// The word behind each `key`, hidden: permanent addresses of tunnels are drawn, and written like IPv6 addresses.
fn after(text: &str, key: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(key) {
        let (before, value) = rest.split_at(at + key.len());
        out.push_str(before);
        out.push('*');
        rest = value.trim_start().trim_start_matches(|c: char| !matches!(c, ' ' | ',' | '}' | '\n' | '\\'));
    }
    out + rest
}

/// Messages with the usage text taken out: from a line that begins with `Usage:` to the end, or to what a batch says.
pub fn without_usage(text: &str) -> String {
    let mut out = String::new();
    let mut usage = false;
    for line in text.lines() {
        if line.trim_start().starts_with("Usage:") && !usage {
            usage = true;
            out.push_str("Usage: …\n");
        }
        usage &= !line.starts_with("Command failed ");
        if !usage {
            out.push_str(line);
            out.push('\n');
        }
    }
    // Whether the last line is ended counts.
    if !text.ends_with('\n') && !usage {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_addresses_are_numbered_and_given_ones_stay() {
        let text = "link/ether 42:0a:00:01:02:03 brd ff:ff:ff:ff:ff:ff x 02:00:00:00:00:01 bridge_id 8000.42:a:0:1:2:3";
        let want = "link/ether <mac 1> brd ff:ff:ff:ff:ff:ff x 02:00:00:00:00:01 bridge_id 8000.<mac 1>";
        assert_eq!(steady(text), want);
        assert_eq!(steady("a 42:0a:00:01:02:03 420a00010203"), "a <mac 1> <mac 1>");
        assert_eq!(steady("permaddr 8ac3:8cd5:5b6c:: x"), "permaddr * x");
    }

    #[test]
    fn usage_is_ours_and_what_stands_around_it_is_compared() {
        let text = "vlan: unknown command \"x\"?\nUsage: ... vlan id\n  more\nCommand failed -:3\n";
        assert_eq!(without_usage(text), "vlan: unknown command \"x\"?\nUsage: …\nCommand failed -:3\n");
        assert_eq!(without_usage("no end"), "no end");
        assert_eq!(without_usage(""), "");
    }
}
