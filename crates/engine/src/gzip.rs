//! The members of a gzip file, one after the other.

use std::io::{self, BufReader, Read};
use std::mem;

use flate2::bufread::GzDecoder;

use crate::padding::next_part;
use crate::source::Raw;

/// What every member begins with.
const MAGIC: u8 = 0x1f;

/// Decodes all members.
pub(crate) struct Gzip(GzDecoder<BufReader<Raw>>);

impl Gzip {
    pub(crate) fn new(reader: BufReader<Raw>) -> Self {
        Self(GzDecoder::new(reader))
    }

    /// Where the compressed bytes come from.
    pub(crate) fn raw(&mut self) -> &mut Raw {
        self.0.get_mut().get_mut()
    }

    /// Goes to the next member; false where there is none.
    fn next_member(&mut self) -> io::Result<bool> {
        if !next_part(self.0.get_mut(), |first| first == MAGIC)? {
            return Ok(false);
        }
        // The decoder begins anew with a reader that it is given, which is the one that it had.
        let nothing = BufReader::with_capacity(0, Raw::nothing());
        let reader = mem::replace(self.0.get_mut(), nothing);
        self.0.reset(reader);
        Ok(true)
    }
}

impl Read for Gzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 || buffer.is_empty() || !self.next_member()? {
                return Ok(read);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::padding::tests::parts_follow_each_other;

    #[test]
    fn members_follow_each_other() {
        parts_follow_each_other(Gzip::new, |text| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        });
    }
}
