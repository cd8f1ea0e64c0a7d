//! The content of a file that is rebuilt.

use std::collections::BTreeMap;

const PAGE: usize = 4096;

/// The size of the longest file that a play lays out: all bytes of it have to be given, zeros too.
/// While the play goes on a file can be longer, as it may be unlinked yet (PLAY-12).
pub(super) const MAX_SIZE: i64 = 1 << 32;

/// The bytes of a file. It keeps only pages that were written, as an operation may name any offset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparseFile {
    size: u64,
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl SparseFile {
    /// Bytes of the file, holes included.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes at an offset. Bytes between the file's end and that offset are zeros (PLAY-12).
    pub(super) fn write(&mut self, mut offset: u64, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let within = (offset % PAGE as u64) as usize;
            let length = bytes.len().min(PAGE - within);
            let page = self.pages.entry(offset / PAGE as u64);
            let page = page.or_insert_with(|| vec![0; PAGE].into_boxed_slice());
            page[within..within + length].copy_from_slice(&bytes[..length]);
            bytes = &bytes[length..];
            offset += length as u64;
            self.size = self.size.max(offset);
        }
    }

    /// Gives all bytes to a sink, in parts.
    pub fn read(&self, mut sink: impl FnMut(&[u8])) {
        let zeros = [0; PAGE];
        for number in 0..self.size.div_ceil(PAGE as u64) {
            let length = (self.size - number * PAGE as u64).min(PAGE as u64) as usize;
            let page = self.pages.get(&number).map_or(&zeros[..], |page| page);
            sink(&page[..length]);
        }
    }

    /// All bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.read(|part| bytes.extend_from_slice(part));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_zeros() {
        let mut file = SparseFile::default();
        file.write(PAGE as u64 * 2 - 1, b"ab");
        file.write(1, b"x");
        let mut expected = vec![0; PAGE * 2 + 1];
        expected[1] = b'x';
        expected[PAGE * 2 - 1] = b'a';
        expected[PAGE * 2] = b'b';
        assert_eq!(file.to_vec(), expected);
        file.write(1 << 62, b"far");
        assert_eq!(file.size(), (1 << 62) + 3);
    }
}
