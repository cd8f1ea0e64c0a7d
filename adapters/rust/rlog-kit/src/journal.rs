//! Logs in memory, with fragments, holes and registers (ADP-20).

use crate::Bytes;
use std::collections::BTreeMap;

/// What a read of a journal gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read<'a> {
    /// Bytes from an offset on: the one that was asked for, or behind a hole. At the head there are
    /// none, where all up to it was deleted (JRN-7).
    Bytes { offset: u64, bytes: &'a [u8] },
    /// Nothing is there yet (JRN-6).
    NotYet,
}

struct Fragment {
    begin: u64,
    content: Bytes,
}

impl Fragment {
    fn end(&self) -> u64 {
        self.begin + self.content.len() as u64
    }
}

/// One log: a row of fragments, of which the last one is open.
#[derive(Default)]
pub struct Journal {
    /// Closed fragments that were not deleted.
    closed: Vec<Fragment>,
    open: Bytes,
    open_begin: u64,
    registers: BTreeMap<String, Vec<String>>,
}

impl Journal {
    /// The offset behind the last byte.
    pub fn head(&self) -> u64 {
        self.open_begin + self.open.len() as u64
    }

    /// Appends bytes to the open fragment.
    pub fn append(&mut self, bytes: &[u8]) {
        self.open.extend_from_slice(bytes);
    }

    /// Replaces all values of a register (JRN-4).
    pub fn set_register(&mut self, name: &str, value: &str) {
        let values = vec![value.to_string()];
        self.registers.insert(name.to_string(), values);
    }

    /// The values of a register.
    pub fn register(&self, name: &str) -> &[String] {
        self.registers.get(name).map_or(&[], |values| values)
    }

    /// Closes the open fragment if it holds anything, and begins another one.
    pub fn roll(&mut self) {
        if !self.open.is_empty() {
            let begin = self.open_begin;
            let content = std::mem::take(&mut self.open);
            let fragment = Fragment { begin, content };
            self.open_begin = fragment.end();
            self.closed.push(fragment);
        }
    }

    /// Deletes closed fragments that begin at or after `begin`, and end at or before `before`.
    pub fn prune(&mut self, begin: u64, before: u64) {
        self.closed.retain(|fragment| fragment.begin < begin || fragment.end() > before);
    }

    /// The fragments that are there, in their order.
    fn fragments(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let closed = self.closed.iter();
        closed
            .map(|fragment| (fragment.begin, fragment.content.as_slice()))
            .chain([(self.open_begin, self.open.as_slice())])
    }

    /// Reads from an offset on.
    pub fn read(&self, offset: u64) -> Read<'_> {
        if offset >= self.head() {
            return Read::NotYet;
        }
        // Deleted bytes are jumped over, to the open fragment at the latest, even if it is empty.
        let next = self.fragments().find(|(begin, content)| {
            *begin + content.len() as u64 > offset || *begin >= self.open_begin
        });
        match next {
            None => Read::NotYet,
            Some((begin, content)) => {
                let offset = offset.max(begin);
                Read::Bytes { offset, bytes: &content[(offset - begin) as usize..] }
            }
        }
    }

    /// All bytes that there are from an offset on; holes are left out (ADP-21).
    pub fn all_from(&self, offset: u64) -> Bytes {
        let parts = self.fragments().map(|(begin, content)| {
            let skip = offset.saturating_sub(begin).min(content.len() as u64);
            &content[skip as usize..]
        });
        parts.collect::<Vec<_>>().concat()
    }
}

/// All logs of a run, which are there as soon as they are named.
#[derive(Default)]
pub struct Journals {
    by_name: BTreeMap<Bytes, Journal>,
}

impl Journals {
    /// The log of a name.
    pub fn log(&mut self, name: &[u8]) -> &mut Journal {
        self.by_name.entry(name.to_vec()).or_default()
    }

    /// All logs that were named.
    pub fn iter(&self) -> impl Iterator<Item = (&Bytes, &Journal)> {
        self.by_name.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_jumped_over() {
        let mut log = Journal::default();
        assert_eq!(log.read(0), Read::NotYet);
        log.append(b"abc");
        log.roll();
        log.roll();
        log.append(b"de");
        log.roll();
        log.append(b"f");
        log.prune(1, 5);
        assert_eq!(log.all_from(0), b"abcf");
        assert_eq!(log.read(1), Read::Bytes { offset: 1, bytes: b"bc" });
        assert_eq!(log.read(3), Read::Bytes { offset: 5, bytes: b"f" });
        assert_eq!((log.read(6), log.head()), (Read::NotYet, 6));
        log.roll();
        log.prune(0, 6);
        assert_eq!(log.read(1), Read::Bytes { offset: 6, bytes: b"" });
    }

    #[test]
    fn registers_are_replaced() {
        let mut log = Journal::default();
        log.set_register("author", "a");
        log.set_register("author", "b");
        assert_eq!(log.register("author"), ["b"]);
    }
}
