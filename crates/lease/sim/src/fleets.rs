use troupe_lease::Fault;
use troupe_seeded::Play;

use crate::{Options, Report, Violation, run, run_traced};

/// Fleets that look for faults in the leases.
#[derive(Debug)]
pub enum Fleets {}

impl Play for Fleets {
    type Fault = Fault;
    type Report = Report;
    type Violation = Violation;

    const PACKAGE: &'static str = env!("CARGO_PKG_NAME");
    const ABOUT: &'static str =
        "Looks for faults in the leases: plays fleets drawn from seeds on virtual time";

    fn faults() -> &'static [Fault] {
        &Fault::ALL
    }

    fn run(seed: u64, fault: Option<Fault>) -> Result<Report, Violation> {
        run(seed, fault)
    }

    fn trace(seed: u64, fault: Option<Fault>) -> (Result<Report, Violation>, String) {
        let (result, trace) = run_traced(seed, fault);
        (result, trace.join("\n"))
    }

    fn describe(seed: u64) -> String {
        format!("seed {seed}: {:?}", Options::draw(seed))
    }

    fn add(sum: &mut Report, one: &Report) {
        sum.add(one);
    }

    fn summary(report: &Report) -> String {
        format!("{report:?}")
    }
}
