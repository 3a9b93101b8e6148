//! Coercions, times and indicators, in the plainest way.

use std::net::IpAddr;

use chrono::{NaiveDateTime, TimeDelta};

use crate::json::{Json, Kind};

/// A value, or none where it is absent, or the code of what is wrong.
type Coerced<T> = Result<Option<T>, &'static str>;

pub(crate) fn integer(json: &Json, bits: u32) -> Coerced<i64> {
    let text = match &json.kind {
        Kind::Number if json.text.contains(['.', 'e', 'E']) => return Err("type_mismatch"),
        Kind::Number => json.text.as_str(),
        Kind::String(text) if text.is_empty() => return Ok(None),
        Kind::String(text) => text,
        _ => return Err("type_mismatch"),
    };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return Err("type_mismatch");
    }
    let limit = 1_i128 << (bits - 1);
    match text.parse::<i128>() {
        Ok(value) if (-limit..limit).contains(&value) => Ok(Some(value as i64)),
        _ => Err("out_of_range"),
    }
}

pub(crate) fn float(json: &Json) -> Coerced<f64> {
    let text = match &json.kind {
        Kind::Number => return finite(&json.text),
        Kind::String(text) if text.is_empty() => return Ok(None),
        Kind::String(text) => text,
        _ => return Err("type_mismatch"),
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => Ok(Some(sign * f64::INFINITY)),
        "nan" if unsigned.len() == text.len() => Ok(Some(f64::NAN)),
        hex if hex.starts_with("0x") => hex_float(&hex[2..]).map(|value| Some(sign * value)),
        decimal if decimal.starts_with(|c: char| c == '.' || c.is_ascii_digit()) => finite(text),
        _ => Err("type_mismatch"),
    }
}

fn finite(text: &str) -> Coerced<f64> {
    let value: f64 = text.parse().map_err(|_| "type_mismatch")?;
    if value.is_finite() { Ok(Some(value)) } else { Err("out_of_range") }
}

/// Exact only for the few digits and small exponents that random events have.
fn hex_float(text: &str) -> Result<f64, &'static str> {
    let wrong = "type_mismatch";
    let (digits, exponent) = text.split_once('p').ok_or(wrong)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(wrong);
    }
    let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if unsigned.is_empty() || !unsigned.chars().all(|c| c.is_ascii_digit()) {
        return Err(wrong);
    }
    let power = exponent.parse::<i32>().map_err(|_| wrong)? - 4 * fraction.len() as i32;
    let value = u64::from_str_radix(&all, 16).map_err(|_| wrong)? as f64 * 2_f64.powi(power);
    if value.is_finite() { Ok(value) } else { Err("out_of_range") }
}

pub(crate) fn boolean(json: &Json) -> Coerced<bool> {
    let text = match &json.kind {
        Kind::Bool(value) => return Ok(Some(*value)),
        Kind::Number if json.text.len() == 1 => &json.text,
        Kind::String(text) if text.is_empty() => return Ok(None),
        Kind::String(text) => text,
        _ => return Err("type_mismatch"),
    };
    match text.as_str() {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Some(true)),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Some(false)),
        _ => Err("type_mismatch"),
    }
}

/// A time as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Time {
    local: NaiveDateTime,
    /// At most nine digits, without zeros at the end.
    fraction: String,
    offset_minutes: i64,
}

impl Time {
    pub(crate) fn own_format(&self) -> String {
        let zone = match self.offset_minutes {
            0 => "Z".to_owned(),
            m => format!("{}{:02}:{:02}", if m < 0 { '-' } else { '+' }, m.abs() / 60, m.abs() % 60),
        };
        self.print(self.local, &zone)
    }

    pub(crate) fn utc(&self) -> String {
        self.print(self.local - TimeDelta::minutes(self.offset_minutes), "Z")
    }

    fn print(&self, time: NaiveDateTime, zone: &str) -> String {
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{}{point}{}{zone}", time.format("%Y-%m-%dT%H:%M:%S"), self.fraction)
    }
}

/// RFC 3339 with chrono's calendar.
pub(crate) fn time(text: &str) -> Option<Time> {
    let (head, rest) = text.split_at_checked(19)?;
    let form: String = head.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if !form.eq_ignore_ascii_case("0000-00-00T00:00:00") || head.ends_with("60") {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(&head.to_ascii_uppercase(), "%Y-%m-%dT%H:%M:%S").ok()?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (fraction, zone) = rest.split_at(zone_at);
    let digits = match fraction {
        "" => "",
        _ => fraction.strip_prefix('.').filter(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()))?,
    };
    let fraction = digits[..digits.len().min(9)].trim_end_matches('0').to_owned();
    Some(Time { local, fraction, offset_minutes: offset(zone)? })
}

fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = zone.split_at_checked(1)?;
    let digits = match digits.split_once(':') {
        Some((h, m)) if h.len() == 2 && m.len() == 2 => format!("{h}{m}"),
        Some(_) => return None,
        None => digits.to_owned(),
    };
    if digits.len() != 4 || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let total = hours * 60 + minutes;
    (hours < 24 && minutes < 60).then_some(if sign == "-" { -total } else { total })
}

/// Hands each indicator with its column to `add`.
pub(crate) fn indicators(scanners: &[&str], text: &str, add: &mut impl FnMut(&'static str, &str)) {
    let text = text.trim();
    let is_ip = text.parse::<IpAddr>().is_ok();
    for scanner in scanners {
        let column = match *scanner {
            "ip" | "hostname" if is_ip => "p_any_ip_addresses",
            "hostname" | "domain" if !text.is_empty() => "p_any_domain_names",
            "username" if !text.is_empty() => "p_any_usernames",
            "email" => {
                let parts: Vec<&str> = text.split('@').collect();
                let is_address = parts.len() == 2 && parts.iter().all(|part| !part.is_empty());
                if !is_address || text.contains(char::is_whitespace) {
                    continue;
                }
                "p_any_emails"
            }
            _ => continue,
        };
        add(column, text);
    }
}
