//! Reads and writes records of fixed length: numbers one after the other, big endian. A byte in a stored entry is
//! rent for as long as the entry lives, so records carry no field names.

/// Takes numbers off the front of a record.
pub struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((head, rest)) = self.0.split_first_chunk::<N>() else {
            // Unreachable: a record is an array whose length its layout fixes.
            return [0; N];
        };
        self.0 = rest;
        *head
    }

    pub fn u8(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }

    pub fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.take())
    }

    pub fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }

    pub fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }
}

/// Puts numbers at the front of what is left of a record.
pub struct Writer<'a>(pub &'a mut [u8]);

impl Writer<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        let left = core::mem::take(&mut self.0);
        if let Some((head, rest)) = left.split_first_chunk_mut::<N>() {
            *head = bytes;
            self.0 = rest;
        }
    }

    pub fn u8(&mut self, value: u8) {
        self.put(value.to_be_bytes());
    }

    pub fn u16(&mut self, value: u16) {
        self.put(value.to_be_bytes());
    }

    pub fn u32(&mut self, value: u32) {
        self.put(value.to_be_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.put(value.to_be_bytes());
    }
}
