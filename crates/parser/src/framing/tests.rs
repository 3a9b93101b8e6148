//! Tests of framing as a whole.
