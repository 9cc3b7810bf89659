//! The word that was probably meant.

/// The candidates nearest to `word`, best first, at most `most`; none that differs in more than a third.
pub fn near<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>, most: usize) -> Vec<&'c str> {
    let allowed = (word.len() / 3).max(1);
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|c| c.len().abs_diff(word.len()) <= allowed)
        .map(|c| (distance(word.as_bytes(), c.as_bytes()), c))
        .filter(|(d, _)| *d <= allowed)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(most).map(|(_, c)| c).collect()
}

/// The fewest insertions, deletions, substitutions and swaps of neighbours between two words.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_found_and_a_stranger_is_not() {
        let words = ["dstport", "srcport", "learning", "ttl", "tos"];
        assert_eq!(near("dsport", words, 3), ["dstport"]);
        assert_eq!(near("lerning", words, 3), ["learning"]);
        assert_eq!(near("tlt", words, 1), ["ttl"]);
        assert_eq!(near("elephant", words, 3), [""; 0]);
        assert_eq!(near("", words, 3), [""; 0]);
    }
}
