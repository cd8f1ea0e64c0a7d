//! Authors and their fences.

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// The name of the journal register that holds the fence (AUT-2).
pub const REGISTER: &str = "author";

/// The fence of an author: the number in base 32, without leading zeros (AUT-2). Author 0 has none.
pub fn fence(author: u32) -> Option<String> {
    if author == 0 {
        return None;
    }
    let mut digits = Vec::new();
    let mut rest = author;
    while rest > 0 {
        digits.push(char::from(DIGITS[(rest % 32) as usize]));
        rest /= 32;
    }
    Some(digits.into_iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::fence;

    #[test]
    fn fences_of_the_text() {
        let expected =
            [(1, "1"), (31, "v"), (32, "10"), (974_118_297, "t0vncp"), (u32::MAX, "3vvvvvv")];
        for (author, text) in expected {
            assert_eq!(fence(author).as_deref(), Some(text));
        }
        assert_eq!(fence(0), None);
    }
}
