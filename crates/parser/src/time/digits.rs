//! Digits: several at once where their places are known, one by one where they are not.

/// Holds eight bytes against a form, in which `0` stands for any digit and everything else for itself. Gives
/// for each place the number that the digits there and behind it make; at other places it means nothing.
///
/// All eight are checked at once: after the exclusive or, a digit has become its value and a separator 0, and
/// what is more than 9, or more than 0, overflows its byte's seven bits when the slack is added.
pub(super) fn digit_pairs(text: [u8; 8], form: [u8; 8]) -> Option<[u32; 8]> {
    let slack = u64::from_le_bytes(form.map(|byte| if byte == b'0' { 0x7F - 9 } else { 0x7F }));
    let digits = u64::from_le_bytes(text) ^ u64::from_le_bytes(form);
    if ((digits.wrapping_add(slack)) | digits) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    Some((digits * 10 + (digits >> 8)).to_le_bytes().map(u32::from))
}

/// The number that two digits make.
pub(super) fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (u32::from(tens.wrapping_sub(b'0')), u32::from(ones.wrapping_sub(b'0')));
    if tens > 9 || ones > 9 { None } else { Some(tens * 10 + ones) }
}

/// The digits at the beginning of `text` as a fraction of a second: its nanoseconds, and how many digits
/// there are. Those after the ninth count for nothing.
pub(super) fn fraction(text: &[u8]) -> (u32, usize) {
    let (mut nanos, mut len) = (0, 0);
    // What a digit is worth here.
    let mut unit = 100_000_000;
    while let Some(digit @ b'0'..=b'9') = text.get(len) {
        nanos += u32::from(digit - b'0') * unit;
        unit /= 10;
        len += 1;
    }
    (nanos, len)
}

/// The number that up to `max` digits at the beginning of `text` make, and how many there are.
pub(super) fn number(text: &[u8], max: u8) -> (u32, usize) {
    let (mut value, mut len) = (0, 0);
    while len < usize::from(max)
        && let Some(digit @ b'0'..=b'9') = text.get(len)
    {
        value = value * 10 + u32::from(digit - b'0');
        len += 1;
    }
    (value, len)
}
