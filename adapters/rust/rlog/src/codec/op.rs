//! Operations: the message `RecordedOp`.

use super::wire::{Fields, Value, Writer};
use super::Malformed;
use crate::Bytes;

/// A path that is created, with no file named (ENC-3, tag 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Create {
    pub path: Bytes,
}

/// A path of a file, which is linked or unlinked (ENC-3, tags 5 and 6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub fnode: i64,
    pub path: Bytes,
}

/// A range of a file that is written (ENC-3, tag 7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Write {
    pub fnode: i64,
    pub offset: i64,
    pub length: i64,
}

/// The whole content of a small file at a path (ENC-3, tag 8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Property {
    pub path: Bytes,
    pub content: Bytes,
}

/// One operation of a recorder (ENC-3). Any number of its members can be set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Op {
    pub seq_no: i64,
    pub checksum: u32,
    pub author: u32,
    pub create: Option<Create>,
    pub link: Option<Link>,
    pub unlink: Option<Link>,
    pub write: Option<Write>,
    pub property: Option<Property>,
    /// Meta-field: where the frame begins, or a lower bound.
    pub first_offset: i64,
    /// Meta-field: where the frame and its raw bytes end; 0 is not known.
    pub last_offset: i64,
    /// Meta-field: the log that holds the operation.
    pub log: Bytes,
}

/// The member of an operation that counts (ENC-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    Create(&'a Create),
    Link(&'a Link),
    Unlink(&'a Link),
    Write(&'a Write),
    Property(&'a Property),
    NoOp,
}

impl Op {
    /// The first member that is set, in the order of their tags (ENC-4).
    pub fn change(&self) -> Change<'_> {
        if let Some(create) = &self.create {
            Change::Create(create)
        } else if let Some(link) = &self.link {
            Change::Link(link)
        } else if let Some(unlink) = &self.unlink {
            Change::Unlink(unlink)
        } else if let Some(write) = &self.write {
            Change::Write(write)
        } else if let Some(property) = &self.property {
            Change::Property(property)
        } else {
            Change::NoOp
        }
    }

    /// How many raw bytes follow the frame, whichever member counts (ENC-5).
    pub fn raw_length(&self) -> u64 {
        let length = self.write.as_ref().map_or(0, |write| write.length);
        u64::try_from(length).unwrap_or(0)
    }

    /// Replaces what the payload says of the meta-fields by what the reader knows (ENC-6).
    pub fn attach(&mut self, log: &[u8], first_offset: i64, last_offset: i64) {
        self.log.clear();
        self.log.extend_from_slice(log);
        self.first_offset = first_offset;
        self.last_offset = last_offset;
    }

    /// The payload of the operation as a log has it: without meta-fields (ENC-6, ENC-8).
    pub fn encode(&self) -> Bytes {
        self.encode_plain().bytes
    }

    /// The message with its meta-fields, which no log has (ENC-6).
    pub fn encode_with_meta(&self) -> Bytes {
        let mut w = self.encode_plain();
        w.int64(9, self.first_offset);
        w.int64(10, self.last_offset);
        w.string(11, &self.log);
        w.bytes
    }

    fn encode_plain(&self) -> Writer {
        let mut w = Writer::default();
        w.int64(1, self.seq_no);
        w.fixed32(2, self.checksum);
        w.fixed32(3, self.author);
        if let Some(create) = &self.create {
            let mut m = Writer::default();
            m.string(1, &create.path);
            w.message(4, &m.bytes);
        }
        for (tag, link) in [(5, &self.link), (6, &self.unlink)] {
            if let Some(link) = link {
                let mut m = Writer::default();
                m.int64(1, link.fnode);
                m.string(2, &link.path);
                w.message(tag, &m.bytes);
            }
        }
        if let Some(write) = &self.write {
            let mut m = Writer::default();
            m.int64(1, write.fnode);
            m.int64(2, write.offset);
            m.int64(3, write.length);
            w.message(7, &m.bytes);
        }
        if let Some(property) = &self.property {
            w.message(8, &property.encode());
        }
        w
    }

    /// The operation that a payload holds (ENC-9), or that it holds none (ENC-10).
    pub fn decode(payload: &[u8]) -> Result<Op, Malformed> {
        let mut op = Op::default();
        let mut fields = Fields::new(payload);
        while let Some((tag, value)) = fields.next()? {
            match tag {
                1 => value.set_int64(&mut op.seq_no),
                2 => value.set_fixed32(&mut op.checksum),
                3 => value.set_fixed32(&mut op.author),
                4 => merge(&mut op.create, value, Create::merge)?,
                5 => merge(&mut op.link, value, Link::merge)?,
                6 => merge(&mut op.unlink, value, Link::merge)?,
                7 => merge(&mut op.write, value, Write::merge)?,
                8 => merge(&mut op.property, value, Property::merge)?,
                9 => value.set_int64(&mut op.first_offset),
                10 => value.set_int64(&mut op.last_offset),
                11 => value.set_bytes(&mut op.log),
                _ => {}
            }
        }
        Ok(op)
    }
}

/// Merges one more occurrence of a member into what was read of it before (ENC-9).
fn merge<'a, M: Default>(
    member: &mut Option<M>,
    value: Value<'a>,
    merge: fn(&mut M, &'a [u8]) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    match value.message() {
        Some(bytes) => merge(member.get_or_insert_with(M::default), bytes),
        None => Ok(()),
    }
}

impl Create {
    fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            if tag == 1 {
                value.set_bytes(&mut self.path);
            }
        }
        Ok(())
    }
}

impl Link {
    fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match tag {
                1 => value.set_int64(&mut self.fnode),
                2 => value.set_bytes(&mut self.path),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Write {
    fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match tag {
                1 => value.set_int64(&mut self.fnode),
                2 => value.set_int64(&mut self.offset),
                3 => value.set_int64(&mut self.length),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Property {
    pub(super) fn merge(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::new(bytes);
        while let Some((tag, value)) = fields.next()? {
            match tag {
                1 => value.set_bytes(&mut self.path),
                2 => value.set_bytes(&mut self.content),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn encode(&self) -> Bytes {
        let mut w = Writer::default();
        w.string(1, &self.path);
        w.string(2, &self.content);
        w.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_text() {
        let op = Op {
            seq_no: 5,
            checksum: 0x3b7b_bba5,
            author: 10,
            property: Some(Property { path: b"/IDENTITY".to_vec(), content: b"x".to_vec() }),
            ..Op::default()
        };
        let bytes = b"\x08\x05\x15\xa5\xbb\x7b\x3b\x1d\x0a\0\0\0\x42\x0e\x0a\x09/IDENTITY\x12\x01x";
        assert_eq!(op.encode(), bytes);
        assert_eq!(Op::decode(bytes), Ok(op));
    }

    #[test]
    fn passes_over_what_it_does_not_know() {
        // A group within a group, tag 15 as each other type, and seq_no as a fixed32 (ENC-9).
        let bytes =
            b"\x7b\x73\x78\x01\x74\x7c\x79abcdefgh\x7a\x01x\x7d\0\0\0\0\x0d\x01\0\0\0\x08\x07";
        let op = Op::decode(bytes).unwrap();
        assert_eq!(op, Op { seq_no: 7, ..Op::default() });
        // Bits above the 64th are dropped, also of a tag.
        let bytes = b"\x88\x80\x80\x80\x80\x80\x80\x80\x80\x7e\x07";
        assert_eq!(Op::decode(bytes).unwrap().seq_no, 7);
    }

    #[test]
    fn merges_messages_and_takes_the_last_scalar() {
        let bytes = b"\x08\x01\x08\x02\x2a\x02\x08\x03\x2a\x05\x12\x01a\x12\x00";
        let op = Op::decode(bytes).unwrap();
        assert_eq!(op.seq_no, 2);
        let link = Link { fnode: 3, path: Vec::new() };
        assert_eq!(op.link, Some(link));
    }

    #[test]
    fn tells_malformed_bytes() {
        let malformed: [&[u8]; 10] = [
            b"\x08",                                             // cut off
            b"\x15\0\0\0",                                       // a fixed32 of three bytes
            b"\x22\x05\x0a",                                     // a message that is cut off
            b"\x22\x02\x0a\x05",                                 // within a message
            b"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", // eleven bytes
            b"\x00\x01",                                         // tag 0
            b"\x0e",                                             // wire type 6
            b"\x7c",                                             // an end without a group
            b"\x7b",                                             // a group without an end
            b"\x7b\x74",                                         // an end of another group
        ];
        for bytes in malformed {
            assert_eq!(Op::decode(bytes), Err(Malformed), "{bytes:x?}");
        }
    }

    #[test]
    fn raw_length_counts_an_ignored_write() {
        let mut op = Op {
            create: Some(Create::default()),
            write: Some(Write { length: 3, ..Write::default() }),
            ..Op::default()
        };
        assert_eq!(op.raw_length(), 3);
        assert_eq!(op.change(), Change::Create(&Create::default()));
        op.write = Some(Write { length: -3, ..Write::default() });
        assert_eq!(op.raw_length(), 0);
    }
}
