//! Criterion benches of the stages; see README.md in this folder.
