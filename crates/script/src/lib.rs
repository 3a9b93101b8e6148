//! The script parser: Starlark source in, one JSON event per record out, within limits.
