//! Reads and checks variables one by one and gathers what is wrong, so that nobody has to start a binary ten times to
//! find ten mistakes. A message names the variable and what it wants, never the value.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use ipnetwork::IpNetwork;

use super::{Secret, SettingsError, catalogue::default_of};
use crate::redis::Address;

pub(super) struct Reader<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { source, problems: Vec::new() }
    }

    pub(super) fn problem(&mut self, name: &str, wants: impl Display) {
        self.problems.push(format!("{name}: {wants}"));
    }

    pub(super) fn finish<T>(self, settings: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() { Ok(settings) } else { Err(SettingsError(self.problems)) }
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        (self.source)(name).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn text(&mut self, name: &str) -> String {
        self.optional(name).unwrap_or_else(|| default_of(name).to_owned())
    }

    pub(super) fn list(&mut self, name: &str) -> Vec<String> {
        self.text(name)
            .split(',')
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.choice(name, &[("true", true), ("false", false)])
    }

    /// One of a few words; the first stands in where the word is wrong, since start-up fails anyhow.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> T {
        let given = self.text(name);
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == given) {
            return *value;
        }
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        self.problem(name, format!("must be one of {}", known.join(", ")));
        words[0].1
    }

    pub(super) fn number<T>(&mut self, name: &str, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        match self.text(name).trim().parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.problem(
                    name,
                    format!("must be a whole number from {} to {}", range.start(), range.end()),
                );
                *range.start()
            }
        }
    }

    /// Anything with a `FromStr`; the default stands in where the value is wrong.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        self.text(name).trim().parse().unwrap_or_else(|error: T::Err| {
            self.problem(name, error);
            default_of(name)
                .parse()
                .unwrap_or_else(|_| unreachable!("the default of {name} parses: a test says so"))
        })
    }

    pub(super) fn networks(&mut self, name: &str) -> Vec<IpNetwork> {
        let mut networks = Vec::new();
        for item in self.list(name) {
            match item.parse() {
                Ok(network) => networks.push(network),
                Err(_) => self.problem(name, "must hold addresses or networks such as 10.0.0.0/8"),
            }
        }
        networks
    }

    pub(super) fn optional_url(&mut self, name: &str, schemes: &[&str]) -> Option<String> {
        self.optional(name).map(|given| self.checked_url(name, given, schemes))
    }

    /// A URL, kept as a secret since it may carry a password.
    pub(super) fn url(&mut self, name: &str, schemes: &[&str]) -> Secret {
        let given = self.text(name);
        Secret::new(self.checked_url(name, given, schemes))
    }

    /// Where Redis is, with certificates that can be read; kept as text, each part reads it again.
    pub(super) fn redis(&mut self, name: &str) -> Secret {
        let given = self.text(name);
        if let Err(error) = given.parse::<Address>() {
            self.problem(name, error);
        }
        Secret::new(given)
    }

    fn checked_url(&mut self, name: &str, given: String, schemes: &[&str]) -> String {
        match url::Url::parse(&given) {
            Ok(url) if schemes.contains(&url.scheme()) => {}
            _ => self.problem(name, format!("must be a URL that begins with {}://", schemes.join(":// or "))),
        }
        given
    }
}
