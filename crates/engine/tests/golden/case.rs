//! A case as it stands in its file.

use sawlog_engine::schema::find_builtin;
use sawlog_engine::{RecordsPath, Stream};

/// Parse time of cases that name none: 2026-01-02T03:04:05.678Z.
const PARSE_TIME: &str = "2026-01-02T03:04:05.678Z";

/// Schemas, an input, and what is expected of them.
pub(crate) struct Case {
    /// The file up to the end of the input.
    pub(crate) given: String,
    /// The rest of it.
    pub(crate) expected: String,
    /// At least one.
    pub(crate) schemas: Vec<Schema>,
    pub(crate) input: Vec<u8>,
    pub(crate) stream: Stream,
    pub(crate) records_path: RecordsPath,
    pub(crate) keep_missing: bool,
    /// Microseconds since 1970 UTC.
    pub(crate) parse_time: i64,
    /// Whether what the loader says about the schema belongs to what is expected.
    pub(crate) diagnostics: bool,
}

/// A schema as the case gives it, or as it is built in.
pub(crate) struct Schema {
    pub(crate) yaml: String,
    /// Name of the YAML in diagnostics.
    pub(crate) source: &'static str,
}

impl Case {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let after_input = text.find("==== input\n").ok_or("no section `input`")? + "==== input\n".len();
        let end = text[after_input..].find("\n==== ").map_or(text.len(), |at| after_input + at + 1);
        let end = if text[after_input..].starts_with("==== ") { after_input } else { end };
        let given = &text[..end];
        if !given.ends_with('\n') {
            return Err(
                "the input must end its last line, with `<end>` where there is no line break".to_owned()
            );
        }
        let options = sections(given, "options").next().unwrap_or_default();
        let schemas: Vec<Schema> = sections(given, "schema").map(schema).collect();
        if schemas.is_empty() {
            return Err("no section `schema`".to_owned());
        }
        let mut case = Self {
            given: given.to_owned(),
            expected: text[end..].to_owned(),
            schemas,
            input: expand(&given[after_input..])?,
            stream: Stream::Auto,
            records_path: RecordsPath::Detect,
            keep_missing: false,
            parse_time: micros(PARSE_TIME)?,
            diagnostics: false,
        };
        for line in options.lines() {
            let (name, value) = line.split_once(": ").ok_or(format!("`{line}` is no option"))?;
            case.set(name, value)?;
        }
        Ok(case)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match (name, value) {
            ("stream", name) => {
                let stream = Stream::ALL.into_iter().find(|stream| stream.name() == name);
                self.stream = stream.ok_or_else(|| format!("`{name}` is no stream"))?;
            }
            ("records-path", path) => self.records_path = path.parse().map_err(|e| format!("{e}"))?,
            ("missing-required", "keep") => self.keep_missing = true,
            ("parse-time", time) => self.parse_time = micros(time)?,
            ("diagnostics", "shown") => self.diagnostics = true,
            _ => return Err(format!("`{name}: {value}` is no option")),
        }
        Ok(())
    }
}

fn micros(time: &str) -> Result<i64, String> {
    let time = chrono::DateTime::parse_from_rfc3339(time).map_err(|e| format!("{time}: {e}"))?;
    Ok(time.timestamp_micros())
}

/// All sections of that name, in their order.
fn sections<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.split("==== ").filter_map(move |section| section.strip_prefix(name)?.strip_prefix('\n'))
}

fn schema(text: &str) -> Schema {
    match find_builtin(text.trim()) {
        Some(builtin) => Schema { yaml: builtin.text.to_owned(), source: builtin.path },
        None => Schema { yaml: text.to_owned(), source: "case.yml" },
    }
}

/// Puts the bytes in that `<NN>` and `<N*TEXT>` stand for; `<end>` and the line break behind it vanish.
fn expand(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('<') {
        let (escape, after) = escape.split_once('>').ok_or("`<` without `>`")?;
        bytes.extend_from_slice(plain.as_bytes());
        rest = after;
        if escape == "end" {
            rest = after.strip_prefix('\n').ok_or("`<end>` must end its line")?;
        } else if let Some((count, text)) = escape.split_once('*') {
            let count = count.parse().map_err(|_| format!("`{count}` is no count"))?;
            bytes.extend(text.as_bytes().repeat(count));
        } else {
            bytes.push(u8::from_str_radix(escape, 16).map_err(|_| format!("`{escape}` is no byte"))?);
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

#[test]
fn escapes_stand_for_bytes() {
    assert_eq!(expand("a<2*[>\"<FF><3C><0A>\nb<end>\n").unwrap(), b"a[[\"\xFF<\n\nb");
    assert!(expand("<end>x").is_err());
    assert!(expand("<zz>").is_err());
}

#[test]
fn sections_are_told_apart() {
    let text = "Why.\n==== schema\nschema: A\n==== schema\nschema: B\n==== options\n\
                    missing-required: keep\n==== input\n{}\n\n==== records\n{}\n";
    let case = Case::read(text).unwrap();
    let yaml: Vec<&str> = case.schemas.iter().map(|schema| schema.yaml.as_str()).collect();
    assert_eq!(yaml, ["schema: A\n", "schema: B\n"]);
    assert_eq!((case.input.as_slice(), case.keep_missing), (&b"{}\n\n"[..], true));
    assert_eq!(case.expected, "==== records\n{}\n");
    assert!(Case::read("==== input\n").is_err());
    assert!(Case::read("==== schema\nx\n==== options\nno\n==== input\n").is_err());
}
