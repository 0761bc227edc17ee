//! The command line of `rollcall-migrate`: one word, and for some a number.

/// What `--help` and a wrong command line print.
pub const USAGE: &str = "\
Usage: rollcall-migrate [COMMAND]

Commands:
  up        apply every migration that is missing (default)
  down [N]  take back the newest N migrations (default 1)
  fresh     drop every table and apply all migrations; refused in production
  status    list the migrations and whether they are applied
  seed      fill in roles, the administrator, shifts and settings that are missing
  seed --scale [PERCENT]
            and a made-up site of so many percent (default 100) of 1,000 cameras, 10,000 people, 1,000,000 attendance
            logs and 10,000,000 detections; refused in production, and where there is anybody's data

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
    /// The same, and a made-up site of so many percent of the size to plan for.
    SeedScale(i32),
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
    #[error("`{0}` is not a percentage from 1 to 500")]
    Percent(String),
    #[error("`{0}` is one argument too many")]
    TooMany(String),
}

impl Command {
    /// The name of a command that would harm a system at work.
    pub fn harms(self) -> Option<&'static str> {
        match self {
            Self::Fresh => Some("fresh"),
            Self::SeedScale(_) => Some("seed --scale"),
            Self::Up | Self::Down(_) | Self::Status | Self::Seed | Self::Help => None,
        }
    }

    /// Reads the arguments after the program's name.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let command = match arguments.next().as_deref() {
            None | Some("up") => Self::Up,
            Some("down") => Self::Down(steps(arguments.next())?),
            Some("fresh") => Self::Fresh,
            Some("status") => Self::Status,
            Some("seed") => match arguments.next() {
                None => Self::Seed,
                Some(flag) if flag == "--scale" => Self::SeedScale(percent(arguments.next())?),
                Some(extra) => return Err(UsageError::TooMany(extra)),
            },
            Some("help" | "--help" | "-h") => Self::Help,
            Some(other) => return Err(UsageError::Unknown(other.to_owned())),
        };
        arguments.next().map_or(Ok(command), |extra| Err(UsageError::TooMany(extra)))
    }
}

fn steps(argument: Option<String>) -> Result<u32, UsageError> {
    argument.map_or(Ok(1), |text| text.parse().ok().filter(|steps| *steps > 0).ok_or(UsageError::Steps(text)))
}

fn percent(argument: Option<String>) -> Result<i32, UsageError> {
    argument.map_or(Ok(100), |text| {
        text.parse().ok().filter(|percent| (1..=500).contains(percent)).ok_or(UsageError::Percent(text))
    })
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
    fn a_made_up_site_is_of_full_size_unless_told_otherwise() {
        assert_eq!(parse("seed"), Ok(Command::Seed));
        assert_eq!(parse("seed --scale"), Ok(Command::SeedScale(100)));
        assert_eq!(parse("seed --scale 5"), Ok(Command::SeedScale(5)));
    }

    #[test]
    fn a_meaningless_line_is_refused_by_name() {
        assert_eq!(parse("sideways"), Err(UsageError::Unknown("sideways".into())));
        assert_eq!(parse("down 0"), Err(UsageError::Steps("0".into())));
        assert_eq!(parse("seed --scale 0"), Err(UsageError::Percent("0".into())));
        assert_eq!(parse("seed 5"), Err(UsageError::TooMany("5".into())));
        assert_eq!(parse("up now"), Err(UsageError::TooMany("now".into())));
    }
}
