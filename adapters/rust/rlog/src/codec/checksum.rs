//! The running checksum of a branch.

/// The checksum behind a payload, given the one before it (SEQ-2).
pub fn update(previous: u32, payload: &[u8]) -> u32 {
    crc32c::crc32c_append(previous, payload)
}

#[cfg(test)]
mod tests {
    use super::update;

    #[test]
    fn is_castagnoli_and_goes_on() {
        assert_eq!(update(0, b"123456789"), 0xe306_9283);
        assert_eq!(update(update(0, b"1234"), b"56789"), 0xe306_9283);
    }
}
