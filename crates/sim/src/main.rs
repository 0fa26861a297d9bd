//! Plays rooms of many seeds on all cores, or one of them with every step.

fn main() -> std::process::ExitCode {
    troupe_seeded::command::<troupe_sim::Rooms>()
}
