use std::fmt::{Debug, Display};

/// A simulation.
pub trait Play: Sized {
    /// A fault that can be planted, to see how it is found.
    type Fault: Copy + Debug + Send + Sync + 'static;
    /// What a clean run was like.
    type Report: Default + Debug + Send;
    /// What should not have happened.
    type Violation: Debug + Display + Send;

    /// Its package, for the command that shows a seed again.
    const PACKAGE: &'static str;
    /// What it is for, in a sentence.
    const ABOUT: &'static str;

    /// Every fault.
    fn faults() -> &'static [Self::Fault];

    /// Plays what a seed draws.
    ///
    /// # Errors
    /// The first thing that should not have happened.
    fn run(seed: u64, fault: Option<Self::Fault>) -> Result<Self::Report, Self::Violation>;

    /// The same, and its steps as text.
    fn trace(seed: u64, fault: Option<Self::Fault>) -> (Result<Self::Report, Self::Violation>, String);

    /// What a seed draws, in a line.
    fn describe(seed: u64) -> String;

    /// Adds a run's report to the sum of others.
    fn add(sum: &mut Self::Report, one: &Self::Report);

    /// A sum as text.
    fn summary(report: &Self::Report) -> String;
}
