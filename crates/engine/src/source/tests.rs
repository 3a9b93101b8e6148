//! What is decoded, and what is told of inputs that are no log.

use super::*;

/// All that is decoded of the bytes, read with little room and with much, and what it ends with.
#[track_caller]
fn decoded(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
    let by = |room: usize| {
        let mut decoder = Decoder::over(Box::new(io::Cursor::new(bytes.to_vec())), true).unwrap();
        let (mut all, mut buffer) = (Vec::new(), vec![7; room]);
        loop {
            match decoder.read(&mut buffer).unwrap() {
                Decoded::Bytes(0) => return (all, None),
                Decoded::Bytes(read) => all.extend_from_slice(&buffer[..read]),
                Decoded::Damaged(message) | Decoded::Foreign(message) => return (all, Some(message)),
            }
        }
    };
    let whole = by(1 << 20);
    assert_eq!(by(HEAD), whole);
    assert_eq!(by(3), whole);
    whole
}

#[test]
fn nothing_but_zeros_is_no_log() {
    for len in [1, 4, HEAD, HEAD + 1, 300_000] {
        assert_eq!(decoded(&vec![0; len]), (Vec::new(), Some(describe_zeros())), "{len}");
    }
    let zstd = zstd::encode_all(&[0; 5_000][..], 1).unwrap();
    assert_eq!(decoded(&zstd), (Vec::new(), Some(describe_zeros())));
}

#[test]
fn zeros_before_compressed_data_are_told() {
    let log = b"{}\n".repeat(1_000);
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut encoder, &log).unwrap();
        encoder.finish().unwrap()
    };
    for packed in [gzip, zstd::encode_all(&log[..], 1).unwrap()] {
        for len in [4, HEAD - 1, HEAD, HEAD + 1, 300_000] {
            let (handed_out, told) = decoded(&[vec![0; len], packed.clone()].concat());
            let advice = format!("; cut the zeros off first, with `tail -c +{}`", len + 1);
            assert!(handed_out.is_empty() && told.unwrap().ends_with(&advice), "{len}");
        }
    }
}

#[test]
fn a_page_before_a_log_is_no_reason_to_leave_the_log() {
    let page = format!("<html>{}502</html>\n", " ".repeat(5_000));
    let bytes = [page.as_bytes(), &b"{}\n".repeat(50_000)].concat();
    let mut decoder = Decoder::over(Box::new(io::Cursor::new(bytes.clone())), true).unwrap();
    let mut buffer = vec![0; 1 << 20];
    assert!(matches!(decoder.read(&mut buffer).unwrap(), Decoded::Bytes(MARKUP_HEAD..)));
    let slow = Slow(io::Cursor::new(bytes));
    let mut decoder = Decoder::over(Box::new(slow), true).unwrap();
    assert!(matches!(decoder.read(&mut buffer).unwrap(), Decoded::Bytes(MARKUP_HEAD..)));
    let mut decoder = Decoder::over(Box::new(Slow(io::Cursor::new(page.into_bytes()))), true).unwrap();
    assert!(matches!(decoder.read(&mut buffer).unwrap(), Decoded::Foreign(_)));
}

/// Yields little at once, as pipes do.
struct Slow(io::Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(100);
        self.0.read(&mut buffer[..len])
    }
}

#[test]
fn zeros_before_a_log_are_part_of_it() {
    for len in [1, HEAD - 1, HEAD, HEAD + 1, 300_000] {
        let bytes = [vec![0; len], b"{}\n".repeat(1_000)].concat();
        assert_eq!(decoded(&bytes), (bytes, None), "{len}");
    }
    let mut zstd = zstd::encode_all(&[0; 5_000][..], 1).unwrap();
    zstd.extend_from_slice(b"garbage");
    let (zeros, damage) = decoded(&zstd);
    assert!(zeros == [0; 5_000] && damage.unwrap().contains("damaged or cut off"));
}
