//! The log type that a file means by its name.
//!
//! Definitions kept in a console, written by inference or set into the configuration of a deployment often
//! lack the key `schema`, since whoever stores them knows the name. A file knows one too: its own.

use crate::limits;

/// The name of a log type made from the name of a file: `web_access.yml` is `Custom.WebAccess`, and a dotted
/// name such as `Acme.Door.yml` stays as it is. `None` where too little remains of it for a name.
pub fn log_type_of_file(path: &str) -> Option<String> {
    let file = path.rsplit(['/', std::path::MAIN_SEPARATOR]).next()?;
    let stem = yaml_stem(file).unwrap_or(file);
    let mut parts: Vec<String> = stem.split('.').map(capitalized).collect();
    if parts.len() == 1 {
        parts.insert(0, "Custom".to_owned());
    }
    let name = parts.join(".");
    (parts.iter().all(|part| is_name_part(part)) && name.len() <= limits::SCHEMA_NAME_CHARS).then_some(name)
}

/// The name of a YAML file without its extension, whose case does not count; nothing for other files.
pub fn yaml_stem(file: &str) -> Option<&str> {
    let (stem, extension) = file.rsplit_once('.')?;
    ["yml", "yaml"].iter().any(|known| extension.eq_ignore_ascii_case(known)).then_some(stem)
}

/// Whether a log type may have this between two dots of its name.
pub(crate) fn is_name_part(part: &str) -> bool {
    part.len() > 1
        && part.starts_with(|c: char| c.is_ascii_uppercase())
        && part.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The words of a text, each with a capital letter in front, without what stands between them.
fn capitalized(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .flat_map(|word| {
            word.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, load};

    #[test]
    fn files_name_log_types() {
        for (path, name) in [
            ("web.yml", "Custom.Web"),
            ("WEB.YML", "Custom.WEB"),
            ("some/folder.d/web_access-log v2.yaml", "Custom.WebAccessLogV2"),
            ("auditHTTP", "Custom.AuditHTTP"),
            ("Acme.Door.yml", "Acme.Door"),
            ("audit.share_point.yml", "Audit.SharePoint"),
        ] {
            assert_eq!(log_type_of_file(path).as_deref(), Some(name), "{path}");
        }
    }

    #[test]
    fn names_of_which_too_little_remains_are_none() {
        let long = format!("{}.yml", "x".repeat(limits::SCHEMA_NAME_CHARS));
        for path in
            ["", "-", "/dev/fd/63", "1password.yml", "x.yml", "a..b.yml", "тест.yml", "dir/", long.as_str()]
        {
            assert_eq!(log_type_of_file(path), None, "{path}");
        }
    }

    #[test]
    fn a_schema_without_any_name_is_refused() {
        let yaml = "fields:\n  - {name: at, type: timestamp, isEventTime: true}\n";
        let named = load(yaml, "door_log.yml");
        assert_eq!(named.log_type.unwrap().name, "Custom.DoorLog");
        assert_eq!(named.diagnostics[0].code, Code::NameFromFile);
        let nameless = load(yaml, "-");
        assert_eq!(nameless.log_type, None);
        assert_eq!(nameless.diagnostics[0].code, Code::MissingKey);
        assert_eq!(load(&format!("schema: Custom.Gate\n{yaml}"), "door_log.yml").diagnostics, []);
    }
}
