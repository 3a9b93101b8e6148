//! sawlog-engine
