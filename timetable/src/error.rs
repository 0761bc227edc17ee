//! Why an expression is no timetable, in words for the person who entered it.

/// What is wrong with a cron expression or its zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimetableError {
    /// Not five or six fields.
    #[error("a cron expression has five fields, or six with seconds in front; this one has {0}")]
    FieldCount(usize),
    /// A field that cannot be read.
    #[error("the {field} field cannot be read: \"{value}\" (allowed: {allowed})")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// A date that no year has.
    #[error("the expression never comes true")]
    Never,
    /// Not in the IANA database.
    #[error("\"{0}\" is no time zone of the IANA database")]
    Zone(String),
}
