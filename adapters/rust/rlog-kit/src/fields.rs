//! Values of requests: numbers in decimal, bytes in hex, and text that need be no UTF-8 (ADP-8).

use crate::Bytes;
use serde_json::{Map, Value};

/// Why a step can't be read.
pub type Unreadable = String;

/// The members of a step, with their defaults.
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    pub fn new(members: &'a Map<String, Value>) -> Self {
        Fields { members }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Unreadable> {
        let text = self
            .get(name)
            .map(|value| value.as_str().ok_or_else(|| format!("{name} is no string: {value}")));
        text.transpose()
    }

    /// A name, or none where it is left out.
    pub fn name(&self, name: &str) -> Result<Option<String>, Unreadable> {
        Ok(self.text(name)?.map(str::to_string))
    }

    /// A name that has to be there.
    pub fn the_name(&self, name: &str) -> Result<String, Unreadable> {
        self.name(name)?.ok_or_else(|| format!("{name} is missing"))
    }

    /// A number of the type's range, or the default where it is left out.
    pub fn number<T: TryFrom<i128>>(&self, name: &str, default: T) -> Result<T, Unreadable> {
        let Some(text) = self.text(name)? else {
            return Ok(default);
        };
        let number = text.parse::<i128>().ok();
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| format!("{name} is no number, or out of range: {text}"))
    }

    /// Bytes in hex; empty where they are left out.
    pub fn hex(&self, name: &str) -> Result<Bytes, Unreadable> {
        let text = self.text(name)?.unwrap_or_default();
        from_hex(text).ok_or_else(|| format!("{name} is no hex"))
    }

    /// Text, or hex under the name with `_hex` behind it; none where both are left out.
    pub fn bytes(&self, name: &str) -> Result<Option<Bytes>, Unreadable> {
        let hex_name = format!("{name}_hex");
        if self.get(&hex_name).is_some() {
            return self.hex(&hex_name).map(Some);
        }
        Ok(self.text(name)?.map(|text| text.as_bytes().to_vec()))
    }
}

/// The bytes that hex stands for, if it is hex.
pub fn from_hex(text: &str) -> Option<Bytes> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8))
        .collect()
}

/// Bytes in lowercase hex.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_values() {
        let object =
            json!({"a": "-3", "b": "00ff", "c_hex": "ff", "d": "x", "e": null, "f": "4294967296"});
        let fields = Fields::new(object.as_object().unwrap());
        assert_eq!(fields.number("a", 0_i64), Ok(-3));
        assert_eq!(fields.number("e", 7_i64), Ok(7));
        assert!(fields.number("f", 0_u32).is_err());
        assert_eq!(fields.hex("b"), Ok(vec![0, 255]));
        assert_eq!(fields.bytes("c"), Ok(Some(vec![255])));
        assert_eq!(fields.bytes("d"), Ok(Some(b"x".to_vec())));
        assert_eq!(fields.bytes("e"), Ok(None));
        assert_eq!(to_hex(&[0, 0xaf]), "00af");
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("0g"), None);
    }
}
