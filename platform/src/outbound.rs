//! Which addresses the server may call.
