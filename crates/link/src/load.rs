//! Goal files.
