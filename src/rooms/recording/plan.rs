//! How segments become files: which packets follow each other, and whether all of them are there. Pure.

use std::collections::BTreeMap;

use super::segment::SegmentRow;
use crate::opus_file::PACKET_MS;
use crate::protocol::{RecordedTrack, RecordingFault, TrackKind};

/// What one holder of the room recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// The holder's epoch.
    pub epoch: u64,
    /// It said that it has handed in everything.
    pub finished: bool,
    /// Its tracks.
    pub tracks: Vec<TakenTrack>,
}

/// One track of a take, with the segments that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenTrack {
    /// As the worker told it.
    pub told: RecordedTrack,
    /// In any order.
    pub segments: Vec<SegmentRow>,
}

/// One file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One participant, or all.
    pub kind: TrackKind,
    /// LiveKit identity; empty for the mix.
    pub identity: String,
    /// Name of the participant.
    pub name: Option<String>,
    /// The character, if it is one.
    pub character_id: Option<String>,
    /// Where all files of the room begin, ms since the room's start.
    pub start_ms: u64,
    /// What it is made of, in order.
    pub steps: Vec<Step>,
    /// Why it is not whole.
    pub fault: Option<RecordingFault>,
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// So many packets of silence.
    Silence(u64),
    /// A segment without its first `skip` packets.
    Segment {
        /// Which.
        segment: SegmentRow,
        /// Packets that lie before the end of the piece before it.
        skip: u64,
    },
}

/// Plans the files of a room: the mix first, then participants in the order in which they came.
pub fn plan(takes: &[Take]) -> Vec<Plan> {
    let starts = takes
        .iter()
        .flat_map(|take| &take.tracks)
        .flat_map(|track| &track.segments)
        .map(|segment| segment.start_ms);
    let Some(origin_ms) = starts.min() else {
        return Vec::new();
    };
    // A participant is the same in every take, and may have had several tracks in one.
    let mut files: BTreeMap<(bool, &str), Vec<(&Take, &TakenTrack)>> = BTreeMap::new();
    for take in takes {
        for track in &take.tracks {
            let is_participant = track.told.kind == TrackKind::Participant;
            files
                .entry((is_participant, &track.told.identity))
                .or_default()
                .push((take, track));
        }
    }
    let mut plans: Vec<Plan> = files
        .into_values()
        .filter_map(|tracks| plan_file(origin_ms, &tracks))
        .collect();
    plans.sort_by_key(|plan| (plan.kind == TrackKind::Participant, leading_silence(plan)));
    plans
}

fn plan_file(origin_ms: u64, tracks: &[(&Take, &TakenTrack)]) -> Option<Plan> {
    let mut segments: Vec<&SegmentRow> = tracks.iter().flat_map(|(_, track)| &track.segments).collect();
    if segments.is_empty() {
        return None;
    }
    segments.sort_by_key(|segment| (segment.start_ms, segment.epoch, segment.track, segment.sequence));
    let mut steps = Vec::with_capacity(segments.len());
    let mut position = 0;
    for segment in segments {
        let start = packets_between(origin_ms, segment.start_ms);
        if start > position {
            steps.push(Step::Silence(start - position));
            position = start;
        }
        // Takes overlap when a former holder went on for a moment: who came first is believed.
        let skip = position - start;
        if skip < segment.packets {
            position += segment.packets - skip;
            steps.push(Step::Segment {
                segment: segment.clone(),
                skip,
            });
        }
    }
    let (_, first) = tracks.first()?;
    let (_, latest) = tracks.last()?;
    Some(Plan {
        kind: first.told.kind,
        identity: first.told.identity.clone(),
        name: latest.told.name.clone(),
        character_id: first.told.character_id.clone(),
        start_ms: origin_ms,
        steps,
        fault: tracks.iter().find_map(|(take, track)| fault(take, track)),
    })
}

/// Whole packets from one moment to another, to the nearest: takes do not share a grid.
fn packets_between(from_ms: u64, to_ms: u64) -> u64 {
    (to_ms.saturating_sub(from_ms) + PACKET_MS / 2) / PACKET_MS
}

/// Why a track is not whole, what says most first.
fn fault(take: &Take, track: &TakenTrack) -> Option<RecordingFault> {
    if let Some(fault) = track.told.fault {
        return Some(fault);
    }
    let came = track.segments.len() as u64;
    let last = track
        .segments
        .iter()
        .map(|segment| u64::from(segment.sequence))
        .max()
        .unwrap_or(0);
    match track.told.segments {
        Some(told) if came < u64::from(told) => Some(RecordingFault::SegmentsMissing),
        _ if came < last => Some(RecordingFault::SegmentsMissing),
        // A track whose end was told is whole whatever became of its worker.
        Some(_) => None,
        None if take.finished => Some(RecordingFault::SegmentsMissing),
        None => Some(RecordingFault::WorkerLost),
    }
}

fn leading_silence(plan: &Plan) -> u64 {
    match plan.steps.first() {
        Some(Step::Silence(packets)) => *packets,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(identity: &str, told: Option<u32>, segments: &[(u32, u64, u64)]) -> TakenTrack {
        TakenTrack {
            told: RecordedTrack {
                track: 1,
                kind: if identity.is_empty() {
                    TrackKind::Mix
                } else {
                    TrackKind::Participant
                },
                identity: identity.to_owned(),
                name: None,
                character_id: None,
                segments: told,
                fault: None,
            },
            segments: segments
                .iter()
                .map(|&(sequence, start_ms, packets)| SegmentRow {
                    epoch: 1,
                    track: 1,
                    sequence,
                    start_ms,
                    packets,
                })
                .collect(),
        }
    }

    fn take(epoch: u64, finished: bool, mut tracks: Vec<TakenTrack>) -> Take {
        for segment in tracks.iter_mut().flat_map(|track| &mut track.segments) {
            segment.epoch = epoch;
        }
        Take {
            epoch,
            finished,
            tracks,
        }
    }

    fn lengths(plan: &Plan) -> Vec<i64> {
        let signed = |packets: u64| i64::try_from(packets).unwrap_or(0);
        plan.steps
            .iter()
            .map(|step| match step {
                Step::Silence(packets) => -signed(*packets),
                Step::Segment { segment, skip } => signed(segment.packets - skip),
            })
            .collect()
    }

    #[test]
    fn all_files_begin_where_the_first_one_does() {
        let plans = plan(&[take(
            1,
            true,
            vec![
                track("guest", Some(1), &[(1, 2_040, 100)]),
                track("", Some(2), &[(2, 10_040, 500), (1, 40, 500)]),
            ],
        )]);
        assert_eq!(plans[0].kind, TrackKind::Mix);
        assert_eq!((lengths(&plans[0]), plans[0].fault), (vec![500, 500], None));
        assert_eq!(lengths(&plans[1]), [-100, 100]);
        assert!(plans.iter().all(|plan| plan.start_ms == 40));
    }

    #[test]
    fn takes_are_joined_and_a_worker_that_died_leaves_a_gap() {
        let plans = plan(&[
            take(
                1,
                false,
                vec![track("guest", None, &[(1, 0, 500), (2, 10_000, 500)])],
            ),
            take(2, true, vec![track("guest", Some(1), &[(1, 29_007, 250)])]),
        ]);
        assert_eq!(lengths(&plans[0]), [500, 500, -450, 250]);
        assert_eq!(plans[0].fault, Some(RecordingFault::WorkerLost));
    }

    #[test]
    fn a_handover_leaves_nothing_out() {
        let plans = plan(&[
            take(1, true, vec![track("", Some(1), &[(1, 0, 300)])]),
            take(2, true, vec![track("", Some(1), &[(1, 7_000, 300)])]),
        ]);
        assert_eq!((lengths(&plans[0]), plans[0].fault), (vec![300, -50, 300], None));
    }

    #[test]
    fn a_missing_segment_becomes_silence_and_is_told() {
        let gap = track("guest", None, &[(1, 0, 500), (3, 20_000, 500)]);
        let cut = track("other", Some(2), &[(1, 0, 500)]);
        let plans = plan(&[take(1, true, vec![gap, cut])]);
        assert_eq!(lengths(&plans[0]), [500, -500, 500]);
        assert_eq!(plans[0].fault, Some(RecordingFault::SegmentsMissing));
        assert_eq!(plans[1].fault, Some(RecordingFault::SegmentsMissing));
    }

    #[test]
    fn overlapping_takes_play_once() {
        let plans = plan(&[
            take(1, true, vec![track("", Some(1), &[(1, 0, 500)])]),
            take(
                2,
                true,
                vec![track("", Some(2), &[(1, 5_000, 100), (2, 7_000, 500)])],
            ),
        ]);
        assert_eq!(lengths(&plans[0]), [500, 350]);
    }

    #[test]
    fn the_workers_own_word_comes_first() {
        let mut broken = track("guest", None, &[(1, 0, 500)]);
        broken.told.fault = Some(RecordingFault::SpoolFull);
        let plans = plan(&[take(1, false, vec![broken])]);
        assert_eq!(plans[0].fault, Some(RecordingFault::SpoolFull));
        assert!(plan(&[take(1, true, vec![track("guest", Some(0), &[])])]).is_empty());
    }
}
