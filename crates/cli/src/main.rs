//! sawlog
fn main() {}
