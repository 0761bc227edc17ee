//! The command line of `rollcall-migrate`: one word and, for `down`, a number.

/// What `--help` and a wrong command line print.
pub const USAGE: &str = "\
Usage: rollcall-migrate [COMMAND]

Commands:
  up        apply every migration that is missing (default)
  down [N]  take back the newest N migrations (default 1)
  fresh     drop every table and apply all migrations; refused in production
  status    list the migrations and whether they are applied
  seed      fill in roles, the administrator, shifts and settings that are missing

Environment:
  DATABASE_URL    PostgreSQL to work on
  ADMIN_PASSWORD  password of the administrator that `seed` makes; made at random and printed when unset";

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Apply what is missing.
    Up,
    /// Take back this many.
    Down(u32),
    /// Start anew.
    Fresh,
    /// List.
    Status,
    /// Fill in rows.
    Seed,
    /// Print the usage.
    Help,
}

/// A command line that means nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    #[error("unknown command `{0}`")]
    Unknown(String),
    #[error("`{0}` is not a number of migrations")]
    Steps(String),
    #[error("`{0}` is one argument too many")]
    TooMany(String),
}

impl Command {
    /// Reads the arguments after the program's name.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let command = match arguments.next().as_deref() {
            None | Some("up") => Self::Up,
            Some("down") => Self::Down(steps(arguments.next())?),
            Some("fresh") => Self::Fresh,
            Some("status") => Self::Status,
            Some("seed") => Self::Seed,
            Some("help" | "--help" | "-h") => Self::Help,
            Some(other) => return Err(UsageError::Unknown(other.to_owned())),
        };
        arguments.next().map_or(Ok(command), |extra| Err(UsageError::TooMany(extra)))
    }
}

fn steps(argument: Option<String>) -> Result<u32, UsageError> {
    argument.map_or(Ok(1), |text| text.parse().ok().filter(|steps| *steps > 0).ok_or(UsageError::Steps(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, UsageError> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn no_command_means_up() {
        assert_eq!(parse(""), Ok(Command::Up));
    }

    #[test]
    fn down_takes_back_one_unless_told_how_many() {
        assert_eq!(parse("down"), Ok(Command::Down(1)));
        assert_eq!(parse("down 3"), Ok(Command::Down(3)));
    }

    #[test]
    fn a_meaningless_line_is_refused_by_name() {
        assert_eq!(parse("sideways"), Err(UsageError::Unknown("sideways".into())));
        assert_eq!(parse("down 0"), Err(UsageError::Steps("0".into())));
        assert_eq!(parse("up now"), Err(UsageError::TooMany("now".into())));
    }
}
