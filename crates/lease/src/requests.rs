//! The ids of a worker's claims: one id until it is answered.

use crate::fault::{Fault, Planted};

/// Names a worker's claims. If only the answer to a claim was lost, the same id has it given again.
#[derive(Debug, Clone)]
pub struct Requests {
    current: u128,
    planted: Planted,
}

impl Requests {
    /// Begins with an id made of chance.
    pub fn new(chance: u128) -> Self {
        Self {
            current: chance,
            planted: Planted::default(),
        }
    }

    /// The same with a fault planted.
    #[cfg(feature = "faults")]
    #[must_use]
    pub fn with_fault(mut self, planted: Planted) -> Self {
        self.planted = planted;
        self
    }

    /// The id to ask with.
    pub fn current(&self) -> u128 {
        self.current
    }

    /// The claim was answered: the next one is another.
    pub fn answered(&mut self, chance: u128) {
        self.current = chance;
    }

    /// Nobody knows whether the claim was heard.
    pub fn unanswered(&mut self, chance: u128) {
        if self.planted.is(Fault::ForgetsRequests) {
            self.current = chance;
        }
    }
}
