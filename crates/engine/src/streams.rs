//! What a kind of stream asks of the rest of a run.

use std::sync::Arc;

use sawlog_parser::{RecordsPath, Stream};
use sawlog_schema::{Plan, standard};

use crate::error::{Error, Result};

/// The log types as their tables are to be when they are filled from such a stream: with a column for what
/// envelopes say, where there are envelopes.
pub(crate) fn plans_of_stream(
    plans: &[Arc<Plan>],
    stream: Stream,
    records_path: &RecordsPath,
) -> Result<Vec<Arc<Plan>>> {
    if stream != Stream::CloudwatchLogs {
        return Ok(plans.to_vec());
    }
    if matches!(records_path, RecordsPath::At(_)) {
        let message = "the records of --stream cloudwatch-logs are the messages of its log events; leave \
                       --records-path out";
        return Err(Error::Usage(message.to_owned()));
    }
    plans.iter().map(with_header).collect()
}

fn with_header(plan: &Arc<Plan>) -> Result<Arc<Plan>> {
    let log_type = &plan.log_type;
    let clashes = |name: &str| name.eq_ignore_ascii_case(standard::HEADER);
    match log_type.fields.iter().find(|field| clashes(&field.name)) {
        Some(field) => Err(Error::Usage(format!(
            "the log type {} has a field `{}` (line {} of {}), which --stream cloudwatch-logs needs for what \
             the envelopes say; rename the field, or leave --stream out",
            log_type.name, field.name, field.span.line, log_type.source
        ))),
        None => Ok(Arc::new(Plan::clone(plan).with_header())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(field: &str) -> Arc<Plan> {
        let yaml = format!("{{schema: Custom.One, fields: [{{name: {field}, type: json}}]}}");
        Arc::new(Plan::new(sawlog_schema::load(&yaml, "a.yml").log_type.unwrap()))
    }

    #[test]
    fn only_envelopes_make_a_column() {
        for stream in Stream::ALL {
            let plans = plans_of_stream(&[plan("a")], stream, &RecordsPath::Off).unwrap();
            assert_eq!(plans[0].header, stream == Stream::CloudwatchLogs, "{stream}");
        }
    }

    #[test]
    fn a_field_in_the_place_of_the_column_is_refused() {
        let plans = [plan("a"), plan("P_Header")];
        assert!(plans_of_stream(&plans, Stream::Auto, &RecordsPath::Detect).is_ok());
        let refused = plans_of_stream(&plans, Stream::CloudwatchLogs, &RecordsPath::Detect);
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("has a field `P_Header` (line 1 of a.yml)"), "{told}");
    }

    #[test]
    fn messages_lie_at_no_path() {
        let path: RecordsPath = "a.b".parse().unwrap();
        assert!(plans_of_stream(&[plan("a")], Stream::CloudwatchLogs, &path).is_err());
        assert!(plans_of_stream(&[plan("a")], Stream::JsonArray, &path).is_ok());
    }
}
