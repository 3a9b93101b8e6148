//! What holds for every file, whoever makes its pages.
//!
//! Both encoders begin each column with a dictionary, which is right for most columns of a log and wrong for
//! ids. The first values of a row group show which columns those are. The choice starts afresh with every row
//! group and looks at nothing but its rows, so equal rows give equal bytes.

use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};

/// Rows in a page at most. Pages are also what the page index can skip.
pub(crate) const PAGE_ROWS: usize = 64 * 1024;
/// Values looked at to choose an encoding.
pub(crate) const SAMPLE_VALUES: usize = 4096;
/// Share of false positives that bloom filters are built for.
pub(crate) const BLOOM_FALSE_POSITIVES: f64 = 0.01;

/// What holds for every file that this crate writes.
pub(crate) fn base_properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_created_by(concat!("sawlog ", env!("CARGO_PKG_VERSION")).to_owned())
        // Level 1, the default of the type.
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_data_page_row_count_limit(PAGE_ROWS)
}

/// Whether four values of five are new, so that a dictionary does not pay.
pub(crate) fn hardly_repeat(values: usize, distinct: usize) -> bool {
    values > 1 && values - distinct <= values / 5
}
