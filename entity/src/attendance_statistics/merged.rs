//! Days of a bucket added up, in which everybody counts once.

use super::Counts;
use super::days::Part;

/// What some days of a bucket come to.
#[derive(Debug, Default)]
pub(super) struct Merged {
    present: i64,
    late: i64,
    missed: i64,
    accurate: i64,
    accuracy: f64,
    people: People,
}

impl Merged {
    pub(super) fn add(&mut self, part: &Part) {
        self.present += i64::from(part.present);
        self.late += i64::from(part.late);
        self.missed += i64::from(part.missed);
        self.accurate += i64::from(part.accurate);
        self.accuracy += part.accuracy;
        for person in &part.people {
            self.people.note(*person);
        }
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            present: self.present,
            late: self.late,
            missed: self.missed,
            total: self.present + self.late + self.missed,
            unique_people: self.people.count,
            average_accuracy: (self.accurate > 0).then(|| self.accuracy / self.accurate as f64),
        }
    }
}

/// A set of people: a bit for each number.
#[derive(Debug, Default)]
struct People {
    bits: Vec<u64>,
    count: i64,
}

impl People {
    fn note(&mut self, person: u32) {
        let (word, bit) = ((person / u64::BITS) as usize, 1_u64 << (person % u64::BITS));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.count += i64::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_counts_once() {
        let mut people = People::default();
        for person in [0, 63, 64, 10_000, 63, 0] {
            people.note(person);
        }
        assert_eq!(people.count, 4);
    }
}
