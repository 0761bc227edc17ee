//! Which of Odoo's employees somebody of ours is. One field after the other is looked at, in an order that administrators set; an
//! answer that names several people is a failure that says so, never a guess.

use std::collections::HashMap;

/// A field of `hr.employee` that tells who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchField {
    /// Number of the badge. Some versions take no punctuation in it, so it is also looked for without.
    Barcode,
    /// Number of a document; it may repeat.
    IdentificationId,
    /// Mail address at work.
    WorkEmail,
}

impl MatchField {
    /// Odoo's name of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Barcode => "barcode",
            Self::IdentificationId => "identification_id",
            Self::WorkEmail => "work_email",
        }
    }
}

/// Somebody of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Employee id here.
    pub employee_id: String,
    /// Mail addresses, if any is known.
    pub emails: Vec<String>,
}

impl Person {
    /// What the field may hold for this person, likeliest first.
    pub(crate) fn values(&self, field: MatchField) -> Vec<String> {
        let id = self.employee_id.clone();
        let mut values = match field {
            MatchField::Barcode => {
                let bare = id.chars().filter(|c| c.is_alphanumeric()).collect();
                vec![id, bare]
            }
            MatchField::IdentificationId => vec![id],
            MatchField::WorkEmail => {
                let mails = self.emails.iter().chain(id.contains('@').then_some(&id));
                mails.flat_map(|mail| [mail.clone(), mail.to_lowercase()]).collect()
            }
        };
        let mut seen = Vec::new();
        values.retain(|value| {
            !value.is_empty() && !seen.contains(value) && {
                seen.push(value.clone());
                true
            }
        });
        values
    }
}

/// Who somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// This employee, by Odoo's id.
    Found(i64),
    /// So many, by this field.
    Ambiguous(MatchField, usize),
}

/// Employees of one field's search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates(HashMap<String, Vec<Candidate>>);

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub id: i64,
    pub active: bool,
}

impl Candidates {
    pub fn add(&mut self, value: String, candidate: Candidate) {
        self.0.entry(value).or_default().push(candidate);
    }

    /// Who has the first of `values` that anybody has. Of several, the only one who is not archived is meant.
    pub fn choose(&self, field: MatchField, values: &[String]) -> Option<Match> {
        let found = values.iter().find_map(|value| self.0.get(value))?;
        let active: Vec<_> = found.iter().filter(|candidate| candidate.active).collect();
        Some(match (found.as_slice(), active.as_slice()) {
            ([only], _) => Match::Found(only.id),
            (_, [only]) => Match::Found(only.id),
            (all, _) => Match::Ambiguous(field, all.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, emails: &[&str]) -> Person {
        Person { employee_id: id.to_owned(), emails: emails.iter().map(ToString::to_string).collect() }
    }

    fn candidates(all: &[(&str, i64, bool)]) -> Candidates {
        let mut candidates = Candidates::default();
        for (value, id, active) in all {
            candidates.add((*value).to_owned(), Candidate { id: *id, active: *active });
        }
        candidates
    }

    #[test]
    fn a_badge_is_tried_as_it_is_and_without_its_punctuation() {
        assert_eq!(person("EMP-00412", &[]).values(MatchField::Barcode), ["EMP-00412", "EMP00412"]);
        assert_eq!(person("412", &[]).values(MatchField::Barcode), ["412"]);
        assert_eq!(person("EMP-00412", &[]).values(MatchField::IdentificationId), ["EMP-00412"]);
        assert_eq!(person("E1", &["A@x.org"]).values(MatchField::WorkEmail), ["A@x.org", "a@x.org"]);
    }

    #[test]
    fn the_exact_badge_wins_over_the_bare_one() {
        let known = candidates(&[("EMP00412", 1, true), ("EMP-00412", 2, true)]);
        let values = person("EMP-00412", &[]).values(MatchField::Barcode);
        assert_eq!(known.choose(MatchField::Barcode, &values), Some(Match::Found(2)));
    }

    #[test]
    fn several_people_are_ambiguous_unless_only_one_still_works_there() {
        let field = MatchField::IdentificationId;
        let values = ["X1".to_owned()];
        let both = candidates(&[("X1", 1, true), ("X1", 2, true)]);
        assert_eq!(both.choose(field, &values), Some(Match::Ambiguous(field, 2)));
        let rehired = candidates(&[("X1", 1, false), ("X1", 2, true)]);
        assert_eq!(rehired.choose(field, &values), Some(Match::Found(2)));
        let gone = candidates(&[("X1", 1, false)]);
        assert_eq!(gone.choose(field, &values), Some(Match::Found(1)));
        assert_eq!(candidates(&[]).choose(field, &values), None);
    }
}
