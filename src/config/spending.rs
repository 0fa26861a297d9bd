//! What models cost, `[prices]` in `troupe.toml`, and what a room may.

use super::setting as s;
use super::sources::Sources;
use crate::providers::{Prices, Spending};

/// What is set; a budget needs a price, or it would bound nothing.
pub(super) fn read(from: &mut Sources<'_>) -> Spending {
    let prices = Prices {
        heard_minute: from.amount(s::PRICE_HEARD),
        spoken_1000_characters: from.amount(s::PRICE_SPOKEN),
        read_1000000_tokens: from.amount(s::PRICE_READ),
        written_1000000_tokens: from.amount(s::PRICE_WRITTEN),
    };
    let needs = (!prices.is_known()).then_some("bounds nothing without a price; set one of [prices]");
    Spending {
        prices,
        room_budget: from.amount_unless(s::ROOM_BUDGET, needs),
    }
}
