//! What a pull reports while it works.

use super::catalogue::Model;

/// One report; there are several a second during a download.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// The model is not there or not whole: it will be fetched. States licence and size.
    Starts {
        /// Which one.
        model: &'a Model,
    },
    /// Part of the model arrives.
    Downloads {
        /// Which model.
        model: &'a Model,
        /// What is being fetched, for people.
        what: &'a str,
        /// Bytes of it that are here.
        bytes_done: u64,
        /// Bytes that it has.
        bytes_total: u64,
    },
    /// One way to get a file failed, and the next is tried.
    Retries {
        /// Which model.
        model: &'a Model,
        /// Why.
        error: &'a super::ModelError,
    },
    /// Everything is here; a file is made usable.
    Prepares {
        /// Which model.
        model: &'a Model,
        /// The file that is made.
        file: &'a str,
    },
    /// The model can be used.
    Ready {
        /// Which one.
        model: &'a Model,
    },
}
