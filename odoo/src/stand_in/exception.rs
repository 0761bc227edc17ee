//! Exceptions as Odoo names them, with the status that JSON-2 gives each.

/// What sort of exception it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bad key.
    AccessDenied,
    /// Missing rights.
    AccessError,
    /// No such record.
    MissingError,
    /// Values that a rule refuses.
    ValidationError,
    /// A call that makes no sense to the user.
    UserError,
    /// A value that cannot be read.
    ValueError,
    /// No such database.
    NoDatabase,
    /// No such method.
    NoMethod,
}

/// An exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its sort.
    pub kind: Kind,
    /// What it says.
    pub message: String,
}

impl Exception {
    /// An exception that says `message`.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The class of Python, with its module.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::AccessDenied => "odoo.exceptions.AccessDenied",
            Kind::AccessError => "odoo.exceptions.AccessError",
            Kind::MissingError => "odoo.exceptions.MissingError",
            Kind::ValidationError => "odoo.exceptions.ValidationError",
            Kind::UserError => "odoo.exceptions.UserError",
            Kind::ValueError => "builtins.ValueError",
            Kind::NoDatabase => "psycopg2.OperationalError",
            Kind::NoMethod => "builtins.AttributeError",
        }
    }

    /// The status of JSON-2.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind {
            Kind::AccessDenied => 401,
            Kind::AccessError => 403,
            Kind::MissingError | Kind::NoMethod | Kind::NoDatabase => 404,
            Kind::ValidationError | Kind::UserError => 422,
            Kind::ValueError => 500,
        }
    }

    /// What a server adds for its developers, and nobody else should keep.
    pub(crate) fn traceback(&self) -> String {
        format!(
            "Traceback (most recent call last):\n  File \"/odoo/api.py\", line 1\n{}: {}",
            self.name(),
            self.message
        )
    }
}
