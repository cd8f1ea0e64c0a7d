//! Protobuf's wire format, as far as the messages need it (ENC-8 to ENC-10).

use super::Malformed;

const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const LENGTH: u8 = 2;
const GROUP: u8 = 3;
const GROUP_END: u8 = 4;
const FIXED32: u8 = 5;

const MAX_TAG: u64 = (1 << 29) - 1;

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
    /// A group or a fixed64: nothing in our messages has one, so only its end matters.
    Other,
}

impl<'a> Value<'a> {
    // A value of another wire type is passed over (ENC-9), hence the setters.

    pub fn set_int64(self, field: &mut i64) {
        if let Value::Varint(v) = self {
            *field = v as i64;
        }
    }

    pub fn set_fixed32(self, field: &mut u32) {
        if let Value::Fixed32(v) = self {
            *field = v;
        }
    }

    pub fn set_bytes(self, field: &mut Vec<u8>) {
        if let Value::Bytes(v) = self {
            *field = v.to_vec();
        }
    }

    pub fn message(self) -> Option<&'a [u8]> {
        match self {
            Value::Bytes(v) => Some(v),
            _ => None,
        }
    }
}

/// Reads the fields of one message in turn.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Fields { rest: bytes }
    }

    /// The next field's tag and value, or none at the end.
    pub fn next(&mut self) -> Result<Option<(u64, Value<'a>)>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (tag, wire_type) = self.tag()?;
        if wire_type == GROUP_END {
            return Err(Malformed);
        }
        Ok(Some((tag, self.value(tag, wire_type)?)))
    }

    fn tag(&mut self) -> Result<(u64, u8), Malformed> {
        let key = self.varint()?;
        let tag = key >> 3;
        if tag == 0 || tag > MAX_TAG {
            return Err(Malformed);
        }
        Ok((tag, (key & 7) as u8))
    }

    fn value(&mut self, tag: u64, wire_type: u8) -> Result<Value<'a>, Malformed> {
        match wire_type {
            VARINT => Ok(Value::Varint(self.varint()?)),
            FIXED64 => self.take(8).map(|_| Value::Other),
            LENGTH => {
                let length = self.varint()?;
                Ok(Value::Bytes(self.take(length)?))
            }
            GROUP => self.skip_group(tag).map(|()| Value::Other),
            FIXED32 => {
                let bytes = self.take(4)?;
                let bytes = bytes.try_into().map_err(|_| Malformed)?;
                Ok(Value::Fixed32(u32::from_le_bytes(bytes)))
            }
            _ => Err(Malformed),
        }
    }

    /// Passes over a group with all that is in it. It keeps the open groups in a list, so that no
    /// depth of nesting exhausts the stack.
    fn skip_group(&mut self, tag: u64) -> Result<(), Malformed> {
        let mut open = vec![tag];
        while let Some(&innermost) = open.last() {
            let (tag, wire_type) = self.tag()?;
            match wire_type {
                GROUP => open.push(tag),
                GROUP_END if tag == innermost => {
                    open.pop();
                }
                GROUP_END => return Err(Malformed),
                _ => {
                    self.value(tag, wire_type)?;
                }
            }
        }
        Ok(())
    }

    /// A varint of ten bytes at most; bits above the 64th are dropped (ENC-9).
    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (i, &byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[i + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        let length = usize::try_from(length).map_err(|_| Malformed)?;
        if length > self.rest.len() {
            return Err(Malformed);
        }
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }
}

/// Writes the fields of one message. Fields with their default are left out (ENC-8).
#[derive(Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    fn key(&mut self, tag: u64, wire_type: u8) {
        self.varint(tag << 3 | u64::from(wire_type));
    }

    pub fn int64(&mut self, tag: u64, value: i64) {
        if value != 0 {
            self.key(tag, VARINT);
            self.varint(value as u64);
        }
    }

    pub fn fixed32(&mut self, tag: u64, value: u32) {
        if value != 0 {
            self.key(tag, FIXED32);
            self.bytes.extend(value.to_le_bytes());
        }
    }

    pub fn string(&mut self, tag: u64, value: &[u8]) {
        if !value.is_empty() {
            self.message(tag, value);
        }
    }

    /// A message that is set is written also where it is empty (ENC-8).
    pub fn message(&mut self, tag: u64, encoded: &[u8]) {
        self.key(tag, LENGTH);
        self.varint(encoded.len() as u64);
        self.bytes.extend(encoded);
    }
}
