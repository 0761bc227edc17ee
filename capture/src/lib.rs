//! One JPEG out of a camera stream, and probes of it.
