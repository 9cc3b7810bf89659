//! Who sees whom: Cargo's dependencies against `xtask/layers.txt`, both ways.

use crate::fault::{Doing, Fault, Result};
use crate::workspace::{self, Package};
use std::collections::{BTreeMap, BTreeSet};

type Picture = BTreeMap<String, BTreeSet<String>>;

pub(super) fn breaches(crates: &[Package]) -> Result<Vec<String>> {
    let file = workspace::root().join("xtask/layers.txt");
    let text = std::fs::read_to_string(&file).doing(format!("read {}", file.display()))?;
    let real = crates
        .iter()
        .map(|package| (package.name.clone(), package.needs.iter().cloned().collect()))
        .collect();
    Ok(compare(&parse(&text)?, &real))
}

fn parse(text: &str) -> Result<Picture> {
    let mut picture = Picture::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (from, to) = line.split_once("->").ok_or_else(|| {
            Fault::new(format!("xtask/layers.txt:{}: no `->` in `{line}`", at + 1))
                .next("write `crate -> crate crate`")
        })?;
        picture.insert(from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect());
    }
    Ok(picture)
}

fn compare(picture: &Picture, real: &Picture) -> Vec<String> {
    let mut found = Vec::new();
    for (from, needs) in real {
        let Some(allowed) = picture.get(from) else {
            found.push(format!("crates/{from} is not in the picture: add a line for it to xtask/layers.txt"));
            continue;
        };
        for to in needs.difference(allowed) {
            found.push(format!(
                "{from} -> {to} is not in the picture (xtask/layers.txt): {from} must not see {to}"
            ));
        }
        for to in allowed.difference(needs) {
            found.push(format!("{from} -> {to} is stale: in xtask/layers.txt, but not in crates/{from}/Cargo.toml; remove it there"));
        }
    }
    for from in picture.keys().filter(|from| !real.contains_key(*from)) {
        found.push(format!(
            "{from} is stale: in xtask/layers.txt, but there is no crates/{from}; remove its line"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(picture: &str, real: &str) -> Vec<String> {
        compare(&parse(picture).unwrap(), &parse(real).unwrap())
    }

    #[test]
    fn the_same_picture_has_no_breach() {
        assert!(told("a -> # floor\nb -> a\n", "b -> a\na ->").is_empty());
    }

    #[test]
    fn forbidden_stale_and_unknown_edges_are_each_told() {
        let found = told("a ->\nb -> a\nold -> a", "a -> b\nb ->\nnew -> a").join("\n");
        assert!(found.contains("a -> b is not in the picture"), "{found}");
        assert!(found.contains("b -> a is stale"), "{found}");
        assert!(found.contains("old is stale"), "{found}");
        assert!(found.contains("crates/new is not in the picture"), "{found}");
    }

    #[test]
    fn a_line_without_an_arrow_is_refused_with_its_number() {
        assert!(parse("# head\na b").unwrap_err().to_string().contains("layers.txt:2"));
    }
}
