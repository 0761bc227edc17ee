//! Decides who a face is. The thresholds were measured: pictures of one person lie 0.22 to 0.43 apart, of different ones
//! 0.81 and more, but small grainy faces come as near as 0.5, hence the margin, the quality and the uncertain zone.

use serde::Serialize;

use crate::people::Nearest;

/// When a face counts as a known person. Distances are Euclidean, between embeddings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Largest distance of a match.
    pub match_distance: f32,
    /// Largest distance that is worth a second look.
    pub uncertain_distance: f32,
    /// How much farther the second person must be.
    pub margin: f32,
    /// Lowest quality, 0 to 1, of a face that is matched or enrolled.
    pub min_quality: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { match_distance: 0.45, uncertain_distance: 0.55, margin: 0.05, min_quality: 0.5 }
    }
}

/// What is known about a face's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The nearest person, beyond doubt.
    Recognised,
    /// Perhaps the nearest person; treated as unknown, kept for review.
    Uncertain,
    /// Nobody enrolled.
    Unknown,
}

impl Verdict {
    /// The name of the verdict in metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recognised => "recognised",
            Self::Uncertain => "uncertain",
            Self::Unknown => "unknown",
        }
    }
}

impl Thresholds {
    /// Judges a face of this quality by the people nearest to it.
    #[must_use]
    pub fn judge(&self, quality: f32, nearest: Option<&Nearest>) -> Verdict {
        let Some(nearest) = nearest.filter(|nearest| nearest.distance <= self.uncertain_distance) else {
            return Verdict::Unknown;
        };
        let is_alone = nearest.second.is_none_or(|second| second - nearest.distance >= self.margin);
        if nearest.distance <= self.match_distance && is_alone && quality >= self.min_quality {
            Verdict::Recognised
        } else {
            Verdict::Uncertain
        }
    }
}

/// A distance as the confidence that is shown: 100 for the same picture, 55 at the default threshold, 0 from 1 on.
#[must_use]
pub fn confidence(distance: f32) -> f32 {
    100.0 * (1.0 - distance).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(quality: f32, distance: f32, second: Option<f32>) -> Verdict {
        let nearest = Nearest { person: "p".into(), distance, second };
        Thresholds::default().judge(quality, Some(&nearest))
    }

    #[test]
    fn a_near_face_of_good_quality_is_recognised() {
        assert_eq!(verdict(0.9, 0.45, None), Verdict::Recognised);
        assert_eq!(verdict(0.5, 0.30, Some(0.8)), Verdict::Recognised);
    }

    #[test]
    fn a_face_between_two_people_is_uncertain() {
        assert_eq!(verdict(0.9, 0.40, Some(0.44)), Verdict::Uncertain);
    }

    #[test]
    fn a_face_of_poor_quality_is_never_recognised() {
        assert_eq!(verdict(0.49, 0.30, None), Verdict::Uncertain);
    }

    #[test]
    fn beyond_the_threshold_a_face_is_uncertain_and_then_unknown() {
        assert_eq!(verdict(0.9, 0.46, None), Verdict::Uncertain);
        assert_eq!(verdict(0.9, 0.56, None), Verdict::Unknown);
        assert_eq!(Thresholds::default().judge(0.9, None), Verdict::Unknown);
    }

    #[test]
    fn confidence_falls_with_distance_and_stays_between_0_and_100() {
        assert!((confidence(0.45) - 55.0).abs() < 1e-4);
        assert!((confidence(0.0) - 100.0).abs() < 1e-4);
        assert!(confidence(1.4).abs() < 1e-4);
    }
}
