use troupe_dialogue::Fault;
use troupe_seeded::Play;

use crate::{Options, Report, Violation, run, run_traced};

/// Rooms that look for faults in the turn-taking core.
#[derive(Debug)]
pub enum Rooms {}

impl Play for Rooms {
    type Fault = Fault;
    type Report = Report;
    type Violation = Violation;

    const PACKAGE: &'static str = env!("CARGO_PKG_NAME");
    const ABOUT: &'static str =
        "Looks for faults in the turn-taking core: plays rooms drawn from seeds on virtual time";

    fn faults() -> &'static [Fault] {
        &Fault::ALL
    }

    fn run(seed: u64, fault: Option<Fault>) -> Result<Report, Violation> {
        run(seed, fault)
    }

    fn trace(seed: u64, fault: Option<Fault>) -> (Result<Report, Violation>, String) {
        let (result, trace) = run_traced(seed, fault);
        (result, trace.to_string())
    }

    fn describe(seed: u64) -> String {
        Options::draw(seed).to_string()
    }

    fn add(sum: &mut Report, one: &Report) {
        sum.inputs += one.inputs;
        sum.seconds += one.seconds;
        let (all, one) = (&mut sum.counters, one.counters);
        all.takes += one.takes;
        all.plans += one.plans;
        all.plans_kept += one.plans_kept;
        all.plans_dropped += one.plans_dropped;
        all.turns += one.turns;
        all.turns_continued += one.turns_continued;
        all.turns_answered += one.turns_answered;
        all.backchannels += one.backchannels;
        all.false_interruptions += one.false_interruptions;
        all.interruptions += one.interruptions;
        all.overdue += one.overdue;
    }

    fn summary(report: &Report) -> String {
        let hours = report.seconds / 3600;
        format!(
            "{hours} h of talk, {} inputs, {:?}",
            report.inputs, report.counters
        )
    }
}
