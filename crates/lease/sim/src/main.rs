//! Plays fleets of many seeds on all cores, or one of them with every step.

fn main() -> std::process::ExitCode {
    troupe_seeded::command::<troupe_lease_sim::Fleets>()
}
