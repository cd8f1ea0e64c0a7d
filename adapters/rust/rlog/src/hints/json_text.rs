//! A reader of JSON text which keeps what HNT-15 to HNT-17 ask about: the order of members, those
//! of the same name, numbers as they are written, and lone surrogates.

/// A value of JSON. Strings are bytes: a lone surrogate stands in the form that UTF-8 would give it
/// if it were a character, so such a string is no UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool,
    Number(String),
    String(Vec<u8>),
    List(Vec<Json>),
    Object(Vec<(Vec<u8>, Json)>),
}

/// Text that is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoJson;

/// Hints nest three lists deep. The bound keeps text that nests deeper from exhausting the stack.
const MAX_DEPTH: usize = 200;

impl Json {
    pub fn parse(text: &[u8]) -> Result<Json, NoJson> {
        std::str::from_utf8(text).map_err(|_| NoJson)?;
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        parser.space();
        if parser.at < text.len() {
            return Err(NoJson);
        }
        Ok(value)
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, NoJson> {
        let byte = self.peek().ok_or(NoJson)?;
        self.at += 1;
        Ok(byte)
    }

    fn expect(&mut self, word: &[u8]) -> Result<(), NoJson> {
        if !self.text[self.at..].starts_with(word) {
            return Err(NoJson);
        }
        self.at += word.len();
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Json, NoJson> {
        if depth > MAX_DEPTH {
            return Err(NoJson);
        }
        self.space();
        match self.peek().ok_or(NoJson)? {
            b'n' => self.expect(b"null").map(|()| Json::Null),
            b't' => self.expect(b"true").map(|()| Json::Bool),
            b'f' => self.expect(b"false").map(|()| Json::Bool),
            b'"' => self.string().map(Json::String),
            b'[' => self.list(depth),
            b'{' => self.object(depth),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, NoJson> {
        let mut elements = Vec::new();
        self.members(b']', |parser| {
            elements.push(parser.value(depth + 1)?);
            Ok(())
        })?;
        Ok(Json::List(elements))
    }

    fn object(&mut self, depth: usize) -> Result<Json, NoJson> {
        let mut members = Vec::new();
        self.members(b'}', |parser| {
            parser.space();
            let name = parser.string()?;
            parser.space();
            parser.expect(b":")?;
            members.push((name, parser.value(depth + 1)?));
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    /// What stands between brackets, parted by commas.
    fn members(
        &mut self,
        close: u8,
        mut member: impl FnMut(&mut Self) -> Result<(), NoJson>,
    ) -> Result<(), NoJson> {
        self.at += 1;
        self.space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            member(self)?;
            self.space();
            match self.next()? {
                b',' => {}
                end if end == close => return Ok(()),
                _ => return Err(NoJson),
            }
        }
    }

    fn digits(&mut self) -> Result<(), NoJson> {
        let begin = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == begin {
            return Err(NoJson);
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json, NoJson> {
        let begin = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = String::from_utf8_lossy(&self.text[begin..self.at]);
        Ok(Json::Number(text.into_owned()))
    }

    fn string(&mut self) -> Result<Vec<u8>, NoJson> {
        self.expect(b"\"")?;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => return Ok(bytes),
                b'\\' => self.escape(&mut bytes)?,
                0..=0x1f => return Err(NoJson),
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), NoJson> {
        let byte = match self.next()? {
            b'u' => {
                let unit = self.code_unit()?;
                self.character(unit, bytes);
                return Ok(());
            }
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            byte @ (b'"' | b'\\' | b'/') => byte,
            _ => return Err(NoJson),
        };
        bytes.push(byte);
        Ok(())
    }

    fn code_unit(&mut self) -> Result<u32, NoJson> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.next()?).to_digit(16).ok_or(NoJson)?;
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn character(&mut self, unit: u32, bytes: &mut Vec<u8>) {
        let behind = self.at;
        if (0xd800..0xdc00).contains(&unit) && self.expect(b"\\u").is_ok() {
            if let Ok(low @ 0xdc00..=0xdfff) = self.code_unit() {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                return;
            }
            self.at = behind;
        }
        match char::from_u32(unit) {
            Some(character) => bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => bytes.extend([
                0xe0 | (unit >> 12) as u8,
                0x80 | (unit >> 6 & 0x3f) as u8,
                0x80 | (unit & 0x3f) as u8,
            ]),
        }
    }
}
