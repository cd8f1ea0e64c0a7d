//! Paths: whether they are clean, and whether two of them can be in one directory.

/// Whether a path begins with `/`, and none of its names is empty, `.`, `..` or holds a NUL byte
/// (REC-1).
pub fn is_clean(path: &[u8]) -> bool {
    let Some(names) = path.strip_prefix(b"/") else {
        return false;
    };
    names
        .split(|&b| b == b'/')
        .all(|name| !name.is_empty() && name != b"." && name != b".." && !name.contains(&0))
}

/// Whether a path lies below another one, also where they are not clean (TRN-11).
pub fn is_below(path: &[u8], upper: &[u8]) -> bool {
    !upper.is_empty() && path.strip_prefix(upper).is_some_and(|rest| rest.starts_with(b"/"))
}

/// Whether two paths are one, or one lies below the other (PLAY-9).
pub fn clash(a: &[u8], b: &[u8]) -> bool {
    a == b || is_below(a, b) || is_below(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_paths() {
        for path in ["/a", "/a/b", "/...", "/.a"] {
            assert!(is_clean(path.as_bytes()), "{path}");
        }
        for path in ["", "/", "a", "/a/", "//a", "/./a", "/a/..", "/a\0b"] {
            assert!(!is_clean(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn clashes() {
        assert!(clash(b"/a", b"/a"));
        assert!(clash(b"/a", b"/a/b"));
        assert!(clash(b"/a/b/c", b"/a"));
        assert!(!clash(b"/a", b"/ab"));
        assert!(!clash(b"/a/b", b"/a/c"));
        assert!(clash(b"a//", b"a/"));
        assert!(!clash(b"", b"/a"));
    }
}
