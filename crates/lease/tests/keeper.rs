//! The worker's side, step by step.
#![expect(clippy::panic, reason = "tests fail by panicking")]

use troupe_lease::{BEAT_AGAIN_MS, BEAT_EVERY_MS, Held, Input, Keeper, NEWS_EVERY_MS, Output, STANDS_MS};

fn held(room: &str, epoch: u64) -> Held {
    Held {
        room_id: room.to_owned(),
        epoch,
    }
}

/// A keeper and what it asked for so far.
#[derive(Default)]
struct Kept {
    keeper: Keeper,
    outputs: Vec<Output>,
}

impl Kept {
    fn at(&mut self, now_ms: i64, input: Input) -> Vec<Output> {
        self.keeper.handle_input(now_ms, input);
        let new: Vec<Output> = std::iter::from_fn(|| self.keeper.poll_output()).collect();
        self.outputs.extend(new.clone());
        new
    }

    /// The number of the latest heartbeat.
    fn beat(&self) -> u64 {
        let beats = self.outputs.iter().rev().find_map(|output| match output {
            Output::Beat { beat, .. } => Some(*beat),
            _ => None,
        });
        beats.unwrap_or_else(|| panic!("no heartbeat was sent"))
    }

    fn answered(&mut self, now_ms: i64, lost: &[&str]) -> Vec<Output> {
        let beat = self.beat();
        let lost = lost.iter().map(|room| (*room).to_owned()).collect();
        self.at(now_ms, Input::Answered { beat, lost })
    }
}

#[test]
fn a_claim_is_entered_once_a_heartbeat_has_proven_it() {
    let mut kept = Kept::default();
    let asked = kept.at(100, Input::Claimed(vec![held("a", 1)]));
    assert!(matches!(&asked[..], [Output::Beat { rooms, .. }] if *rooms == [held("a", 1)]));
    assert_eq!(kept.keeper.stands_until_ms(), None);
    assert_eq!(kept.answered(110, &[]), [Output::Enter(held("a", 1))]);
    assert_eq!(
        kept.keeper.stands_until_ms(),
        Some(100 + STANDS_MS),
        "counted from the question"
    );
}

#[test]
fn a_claim_whose_answer_came_too_late_is_never_entered() {
    let mut kept = Kept::default();
    kept.at(100, Input::Claimed(vec![held("a", 1)]));
    assert_eq!(kept.answered(110, &["a"]), [Output::Leave(held("a", 1))]);
    assert_eq!((kept.keeper.held(), kept.keeper.poll_timeout()), (0, None));
}

#[test]
fn without_an_answer_the_worker_asks_again_soon_and_stands_down_in_time() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1)]));
    kept.answered(10, &[]);
    kept.at(BEAT_EVERY_MS, Input::Wake);
    let beat = kept.beat();
    kept.at(BEAT_EVERY_MS + 5, Input::Unanswered { beat });
    assert_eq!(
        kept.keeper.poll_timeout(),
        Some(BEAT_EVERY_MS + 5 + BEAT_AGAIN_MS)
    );
    let left = kept.at(STANDS_MS, Input::Wake);
    assert!(left.contains(&Output::Leave(held("a", 1))), "{left:?}");
}

#[test]
fn a_process_that_was_frozen_leaves_before_it_heeds_what_waited_for_it() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1)]));
    kept.answered(10, &[]);
    kept.at(BEAT_EVERY_MS, Input::Wake);
    let outputs = kept.answered(15_000, &[]);
    assert_eq!(outputs, [Output::Leave(held("a", 1))]);
    assert_eq!(kept.keeper.stands_until_ms(), None);
}

#[test]
fn an_old_answer_does_not_cost_a_later_claim() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1)]));
    let old = kept.beat();
    kept.at(100, Input::Claimed(vec![held("a", 3)]));
    kept.answered(110, &[]);
    let late = Input::Answered {
        beat: old,
        lost: vec!["a".to_owned()],
    };
    assert_eq!(kept.at(120, late), []);
    assert_eq!(kept.keeper.epoch_of("a"), Some(3));
}

#[test]
fn answers_that_come_in_another_order_prove_the_later_question() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1)]));
    let first = kept.beat();
    kept.at(2_000, Input::Wake);
    kept.answered(2_100, &[]);
    let late = Input::Answered {
        beat: first,
        lost: Vec::new(),
    };
    kept.at(2_200, late);
    assert_eq!(kept.keeper.stands_until_ms(), Some(2_000 + STANDS_MS));
}

#[test]
fn a_draining_worker_says_so_at_once_and_takes_nothing_more() {
    let mut kept = Kept::default();
    let told = kept.at(0, Input::Drain);
    assert!(matches!(&told[..], [Output::Beat { draining: true, .. }]));
    assert_eq!(kept.at(1, Input::Claimed(vec![held("a", 1)])), []);
}

#[test]
fn a_draining_worker_leaves_what_it_has_not_entered_and_keeps_the_rest() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1)]));
    kept.answered(10, &[]);
    kept.at(20, Input::Claimed(vec![held("b", 1)]));
    let told = kept.at(30, Input::Drain);
    assert_eq!(told[0], Output::Leave(held("b", 1)));
    assert!(matches!(&told[1], Output::Beat { rooms, draining: true, .. } if *rooms == [held("a", 1)]));
}

#[test]
fn a_room_that_was_let_go_of_is_not_named_any_more() {
    let mut kept = Kept::default();
    kept.at(0, Input::Claimed(vec![held("a", 1), held("b", 1)]));
    kept.answered(10, &[]);
    kept.at(20, Input::Closed(held("a", 1)));
    let beat = kept.at(BEAT_EVERY_MS, Input::Wake);
    assert!(matches!(&beat[..], [Output::Beat { rooms, .. }] if *rooms == [held("b", 1)]));
}

#[test]
fn news_hurry_a_heartbeat_and_do_not_crowd() {
    let mut kept = Kept::default();
    assert!(
        kept.at(0, Input::News).is_empty(),
        "nothing to tell of without a room"
    );
    kept.at(100, Input::Claimed(vec![held("a", 1)]));
    kept.answered(110, &[]);
    assert!(kept.at(200, Input::News).is_empty(), "not at once after another");
    assert_eq!(kept.keeper.poll_timeout(), Some(100 + NEWS_EVERY_MS));
    assert_eq!(kept.at(100 + NEWS_EVERY_MS, Input::Wake).len(), 1);
    kept.answered(700, &[]);
    assert_eq!(kept.at(1_500, Input::News).len(), 1, "at once after a while");
}
