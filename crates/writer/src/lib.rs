//! sawlog-writer
