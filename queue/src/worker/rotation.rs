//! Smooth weighted round robin over the queues of a worker: each turn every queue gains its weight, the richest one
//! is chosen and pays the sum of all. Turns are spread evenly, and a queue at its cap is passed over without losing
//! its credit. (The algorithm of nginx's upstream module.)

/// A queue that could take a turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) index: usize,
    pub(crate) weight: u32,
    /// Jobs it may still take.
    pub(crate) room: usize,
}

/// The credit of each queue.
#[derive(Debug)]
pub(crate) struct Rotation {
    credit: Vec<i64>,
}

impl Rotation {
    pub(crate) fn new(queues: usize) -> Self {
        Self { credit: vec![0; queues] }
    }

    /// Shares `permits` out among the candidates: how many jobs each queue may fetch, by its index.
    pub(crate) fn allot(&mut self, permits: usize, candidates: &[Candidate]) -> Vec<(usize, usize)> {
        let mut open: Vec<Candidate> = candidates.iter().copied().filter(|c| c.room > 0).collect();
        if let [only] = open[..] {
            return vec![(only.index, permits.min(only.room))];
        }
        let mut shares = vec![0; self.credit.len()];
        for _ in 0..permits {
            let Some(chosen) = self.turn(&open) else { break };
            shares[chosen] += 1;
            for candidate in open.iter_mut().filter(|c| c.index == chosen) {
                candidate.room -= 1;
            }
            open.retain(|c| c.room > 0);
        }
        shares.into_iter().enumerate().filter(|(_, share)| *share > 0).collect()
    }

    fn turn(&mut self, open: &[Candidate]) -> Option<usize> {
        for candidate in open {
            self.credit[candidate.index] += i64::from(candidate.weight);
        }
        let total: i64 = open.iter().map(|c| i64::from(c.weight)).sum();
        let richest = open.iter().max_by_key(|c| (self.credit[c.index], std::cmp::Reverse(c.index)))?;
        self.credit[richest.index] -= total;
        Some(richest.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(index: usize, weight: u32, room: usize) -> Candidate {
        Candidate { index, weight, room }
    }

    fn share(shares: &[(usize, usize)], index: usize) -> usize {
        shares.iter().find(|(each, _)| *each == index).map_or(0, |(_, share)| *share)
    }

    #[test]
    fn turns_follow_the_weights() {
        let shares =
            Rotation::new(3).allot(60, &[candidate(0, 3, 100), candidate(1, 2, 100), candidate(2, 1, 100)]);
        assert_eq!((share(&shares, 0), share(&shares, 1), share(&shares, 2)), (30, 20, 10));
    }

    #[test]
    fn a_queue_of_weight_one_gets_its_turn_among_heavy_ones_even_one_permit_at_a_time() {
        let mut rotation = Rotation::new(2);
        let candidates = [candidate(0, 9, 100), candidate(1, 1, 100)];
        let turns: usize = (0..20).map(|_| share(&rotation.allot(1, &candidates), 1)).sum();
        assert_eq!(turns, 2);
    }

    #[test]
    fn a_full_queue_leaves_its_turns_to_the_others() {
        let shares = Rotation::new(2).allot(10, &[candidate(0, 5, 2), candidate(1, 1, 100)]);
        assert_eq!((share(&shares, 0), share(&shares, 1)), (2, 8));
    }

    #[test]
    fn no_room_means_no_turn() {
        assert!(Rotation::new(1).allot(4, &[candidate(0, 1, 0)]).is_empty());
    }
}
