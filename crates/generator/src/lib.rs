//! sawlog-generator
