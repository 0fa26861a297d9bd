//! A receiver behind an emulated network. The seed of a failing run is in the message.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod bounds; // delay and memory under abuse: stalls, floods, garbage
mod emulator; // sender, network and playout clock in virtual time
mod immediate; // what is told at once: order, times, patience
mod loss; // what is made up for what is missing
mod restart; // senders that jump, pause or begin anew
mod timeline; // a sample is heard a steady delay after it was sent
