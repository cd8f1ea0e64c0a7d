//! Finds frames and raw bytes in the bytes of a log, however these are split (FRM-3 to FRM-8).

use super::frame::{HEADER, MAGIC, MAX_PAYLOAD};
use crate::Bytes;

/// Bytes [begin, end) of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub begin: u64,
    pub end: u64,
}

/// What a reader finds next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A whole frame, [begin, end).
    Frame {
        begin: u64,
        end: u64,
        payload: Bytes,
        /// What was skipped before the frame (FRM-3). It counts only if the frame is not rejected:
        /// then the range goes on, and is told with the next frame, so that neighbours are one
        /// range (FRM-6).
        skipped: Option<Range>,
    },
    /// Some of the raw bytes that were asked for (FRM-5).
    Raw(Bytes),
}

#[derive(Clone, Copy)]
struct Given {
    begin: u64,
    end: u64,
}

/// A reader of one log. It is fed bytes, and gives what it finds in them.
///
/// A frame that it gave is taken as one, unless [`reject`](Self::reject) or
/// [`doubt`](Self::doubt) is called before the next thing is asked for.
pub struct FrameReader {
    /// Bytes from `base` on.
    buffer: Bytes,
    base: u64,
    /// Where reading goes on: all before it was read, skipped, or is the frame that is given.
    position: u64,
    given: Option<Given>,
    /// Where the skipped bytes before `position` begin, if any.
    skipped_from: Option<u64>,
    /// No byte before this one is told as skipped: it lies in a frame that was told (FRM-7).
    told_until: u64,
    raw: u64,
}

enum Found {
    Frame(usize),
    Unfinished,
    None,
}

impl FrameReader {
    /// A reader that begins at an offset of its log.
    pub fn new(offset: u64) -> Self {
        FrameReader {
            buffer: Vec::new(),
            base: offset,
            position: offset,
            given: None,
            skipped_from: None,
            told_until: offset,
            raw: 0,
        }
    }

    /// Where the bytes at hand end, and those to be fed begin.
    pub fn end(&self) -> u64 {
        self.base + self.buffer.len() as u64
    }

    /// Where reading goes on.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// How many raw bytes are still to come (FRM-5).
    pub fn raw_awaited(&self) -> u64 {
        self.raw
    }

    /// Where a frame or a magic begins that is not whole yet (FRM-4). Asked once `next` gave none.
    pub fn unfinished(&self) -> Option<u64> {
        let unfinished = self.raw == 0 && self.given.is_none() && self.position < self.end();
        unfinished.then_some(self.position)
    }

    /// Takes the bytes that follow those at hand.
    pub fn feed(&mut self, bytes: &[u8]) {
        // Bytes of the given frame stay: it may yet be rejected or doubted.
        let needed_from = self.given.map_or(self.position, |given| given.begin);
        let done = (needed_from - self.base) as usize;
        if done > self.buffer.len() / 2 {
            self.buffer.drain(..done);
            self.base = needed_from;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame or raw bytes in the bytes at hand, or none without more of them.
    pub fn next_event(&mut self) -> Option<Event> {
        if let Some(given) = self.given.take() {
            self.told_until = self.told_until.max(given.end);
            self.skipped_from = None;
        }
        if self.raw > 0 {
            return self.next_raw();
        }
        loop {
            let at_hand = &self.buffer[(self.position - self.base) as usize..];
            match frame_at(at_hand) {
                Found::Frame(length) => return Some(self.give(length)),
                Found::Unfinished => return None,
                Found::None => {
                    let skip = at_hand[1..].iter().position(|&b| b == MAGIC[0]);
                    let skip = skip.map_or(at_hand.len(), |behind_first| behind_first + 1);
                    self.skipped_from.get_or_insert(self.position);
                    self.position += skip as u64;
                }
            }
        }
    }

    fn give(&mut self, length: usize) -> Event {
        let begin = self.position;
        let end = begin + length as u64;
        let at = (begin - self.base) as usize;
        let skipped_from = self.skipped_from.map(|from| from.max(self.told_until));
        self.given = Some(Given { begin, end });
        self.position = end;
        Event::Frame {
            begin,
            end,
            payload: self.buffer[at + HEADER..at + length].to_vec(),
            skipped: skipped_from
                .filter(|&from| from < begin)
                .map(|from| Range { begin: from, end: begin }),
        }
    }

    fn next_raw(&mut self) -> Option<Event> {
        let length = self.raw.min(self.end() - self.position);
        if length == 0 {
            return None;
        }
        let at = (self.position - self.base) as usize;
        let bytes = self.buffer[at..at + length as usize].to_vec();
        self.position += length;
        self.raw -= length;
        Some(Event::Raw(bytes))
    }

    /// Asks for raw bytes behind the frame that was given (FRM-5).
    pub fn expect_raw(&mut self, length: u64) {
        self.raw = length;
    }

    /// The frame that was given, or the one that is unfinished, was none (FRM-6).
    pub fn reject(&mut self) {
        let begin = match self.given.take() {
            Some(given) => given.begin,
            None if self.position < self.end() => self.position,
            None => return,
        };
        self.skipped_from.get_or_insert(begin);
        self.position = begin + 1;
        self.raw = 0;
    }

    /// The frame that was given may have swallowed another one (FRM-7).
    pub fn doubt(&mut self) {
        if let Some(given) = self.given.take() {
            self.told_until = self.told_until.max(given.end);
            self.skipped_from = Some(given.begin + 1);
            self.position = given.begin + 1;
            self.raw = 0;
        }
    }

    /// Goes on at a later offset, and reports nothing of what lies between (FRM-8).
    pub fn seek(&mut self, offset: u64) {
        if offset <= self.position {
            return;
        }
        if offset > self.end() {
            self.buffer.clear();
            self.base = offset;
        }
        self.position = offset;
        self.given = None;
        self.skipped_from = None;
        self.raw = 0;
    }
}

fn frame_at(bytes: &[u8]) -> Found {
    let magic = &bytes[..bytes.len().min(MAGIC.len())];
    if !MAGIC.starts_with(magic) {
        return Found::None;
    }
    let Some(length) = bytes.get(MAGIC.len()..HEADER) else {
        return Found::Unfinished;
    };
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
    if length > MAX_PAYLOAD {
        Found::None
    } else if bytes.len() < HEADER + length {
        Found::Unfinished
    } else {
        Found::Frame(HEADER + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::frame::{encode, TooLong};

    fn frame(payload: &[u8]) -> Bytes {
        encode(payload).unwrap()
    }

    type Found = (u64, u64, Option<(u64, u64)>);

    fn found(reader: &mut FrameReader) -> Option<Found> {
        match reader.next_event()? {
            Event::Frame { begin, end, skipped, .. } => {
                Some((begin, end, skipped.map(|r| (r.begin, r.end))))
            }
            Event::Raw(bytes) => panic!("raw bytes {bytes:?}"),
        }
    }

    #[test]
    fn splits_do_not_matter() {
        let mut log = b"xf3".to_vec();
        log.extend(frame(b"one"));
        log.extend(b"rawyy");
        log.extend(frame(b""));
        for size in 1..log.len() {
            let mut reader = FrameReader::new(0);
            let mut events = Vec::new();
            for part in log.chunks(size) {
                reader.feed(part);
                while let Some(event) = reader.next_event() {
                    match event {
                        Event::Frame { begin, payload, skipped, .. } => {
                            reader.expect_raw(if payload == b"one" { 3 } else { 0 });
                            events.push((begin, skipped.map(|r| (r.begin, r.end))));
                        }
                        Event::Raw(bytes) => {
                            assert!(b"raw".windows(bytes.len()).any(|w| w == bytes))
                        }
                    }
                }
            }
            assert_eq!(events, [(3, Some((0, 3))), (19, Some((17, 19)))], "in parts of {size}");
        }
    }

    #[test]
    fn a_long_claim_is_no_frame() {
        let mut reader = FrameReader::new(0);
        reader.feed(&MAGIC);
        reader.feed(&(MAX_PAYLOAD as u32 + 1).to_le_bytes());
        reader.feed(&frame(b"x"));
        assert_eq!(found(&mut reader), Some((8, 17, Some((0, 8)))));
        assert_eq!(encode(&vec![0; MAX_PAYLOAD + 1]), Err(TooLong));
    }

    #[test]
    fn rejected_and_skipped_bytes_are_one_range() {
        let mut log = b"ab".to_vec();
        let inner = frame(b"inner");
        log.extend(frame(&inner));
        log.extend(frame(b"next"));
        let mut reader = FrameReader::new(100);
        reader.feed(&log);
        assert_eq!(found(&mut reader), Some((102, 123, Some((100, 102)))));
        reader.reject();
        assert_eq!(found(&mut reader), Some((110, 123, Some((100, 110)))));
        reader.reject();
        assert_eq!(found(&mut reader), Some((123, 135, Some((100, 123)))));
        assert_eq!(found(&mut reader), None);
        assert_eq!(reader.unfinished(), None);
    }

    #[test]
    fn doubt_searches_inside_and_reports_nothing_of_it() {
        let mut log = frame(&frame(b"inner"));
        log.extend(b"junk");
        log.extend(frame(b"next"));
        let mut reader = FrameReader::new(0);
        reader.feed(&log);
        assert_eq!(found(&mut reader), Some((0, 21, None)));
        reader.doubt();
        assert_eq!(found(&mut reader), Some((8, 21, None)));
        reader.reject();
        assert_eq!(found(&mut reader), Some((25, 37, Some((21, 25)))));
    }

    #[test]
    fn an_unfinished_frame_can_be_rejected() {
        let mut log = frame(b"cut off");
        log.truncate(10);
        let mut reader = FrameReader::new(0);
        reader.feed(&log);
        assert_eq!(found(&mut reader), None);
        assert_eq!(reader.unfinished(), Some(0));
        reader.reject();
        assert_eq!(found(&mut reader), None);
        assert_eq!(reader.unfinished(), None);
        reader.feed(&frame(b"x"));
        assert_eq!(found(&mut reader), Some((10, 19, Some((0, 10)))));
    }

    #[test]
    fn seeks_go_forward_only() {
        let mut reader = FrameReader::new(0);
        reader.feed(b"junk");
        assert_eq!(found(&mut reader), None);
        reader.seek(2);
        assert_eq!(reader.position(), 4);
        reader.seek(50);
        assert_eq!(reader.end(), 50);
        reader.feed(&frame(b"x"));
        assert_eq!(found(&mut reader), Some((50, 59, None)));
    }
}
