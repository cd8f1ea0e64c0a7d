//! Names of logs.

use crate::unicode::is_letter_or_number;

const OTHER_CHARACTERS: &str = "-_+/.=%!$&'()*,:;@~";
const MAX_LENGTH: usize = 512;

/// Whether bytes are the name of a log: a path, and perhaps metadata behind a `;` (LOG-1).
pub fn is_log_name(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else {
        return false;
    };
    match name.split_once(';') {
        None => is_clean_token(name, 4),
        Some((path, metadata)) => is_clean_token(path, 4) && is_clean_token(metadata, 1),
    }
}

fn is_clean_token(text: &str, min_length: usize) -> bool {
    (min_length..=MAX_LENGTH).contains(&text.chars().count())
        && text.chars().all(|c| is_letter_or_number(c) || OTHER_CHARACTERS.contains(c))
        && has_clean_pieces(text)
}

/// No piece between slashes is empty or `.`, and `..` only leads. An empty first piece is the
/// leading slash that rule 3 refuses.
fn has_clean_pieces(text: &str) -> bool {
    let mut leading = true;
    text.split('/').all(|piece| {
        leading &= piece == "..";
        !piece.is_empty() && piece != "." && (leading || piece != "..")
    })
}

#[cfg(test)]
mod tests {
    use super::is_log_name;

    #[test]
    fn names_of_the_text() {
        for name in ["a/log", "../a", "../../a", "a/log;..", "a/log;x;y", "äöüß", "a/.b", "a~@:"]
        {
            assert!(is_log_name(name.as_bytes()), "{name}");
        }
        let invalid = [
            "",
            "abc",
            "a/log;",
            "a/log;/x",
            "a/log;.",
            "a/log;x/",
            "a/../b",
            "/a/log",
            "a//b",
            "a/./b",
            "a/b/",
            "a b c",
            "a`bc",
            "abc;",
            "./abc",
            "a/log;x/..",
        ];
        for name in invalid {
            assert!(!is_log_name(name.as_bytes()), "{name}");
        }
        assert!(!is_log_name(b"abc\xff"));
        assert!(is_log_name("é".repeat(512).as_bytes()));
        assert!(!is_log_name("e".repeat(513).as_bytes()));
    }
}
