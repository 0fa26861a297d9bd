//! Points in time as the database keeps them and the API shows them.

use serde::{Serialize, Serializer};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};
use utoipa::ToSchema;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Milliseconds since 1970 UTC, by the database's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, ToSchema)]
#[sqlx(transparent)]
#[schema(value_type = String, format = DateTime)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This much later.
    pub fn plus_ms(self, delay_ms: i64) -> Self {
        Self(self.0.saturating_add(delay_ms))
    }

    /// Time since `earlier`, ms; negative when that is later.
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads an ISO 8601 time, or a day as its beginning; without an offset it is UTC. A fraction of a
    /// millisecond counts as a whole one, so that what happened before it stays before it.
    pub fn from_iso8601(text: &str) -> Option<Self> {
        use time::format_description::well_known::{Iso8601, Rfc3339};
        let text = text.trim();
        // A `+` that was not escaped in a query arrives as a space.
        let plus = text.replacen(' ', "+", 1);
        let text = if text.contains('T') { plus.as_str() } else { text };
        let at = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(text, &Iso8601::PARSING))
            .or_else(|_| PrimitiveDateTime::parse(text, &Iso8601::PARSING).map(PrimitiveDateTime::assume_utc))
            .or_else(|_| Date::parse(text, &Iso8601::DATE).map(|day| day.midnight().assume_utc()))
            .ok()?;
        let nanos = at.unix_timestamp_nanos();
        let whole = nanos.div_euclid(1_000_000) + i128::from(nanos.rem_euclid(1_000_000) > 0);
        i64::try_from(whole).ok().map(Self)
    }

    /// RFC 3339, UTC, three fraction digits.
    pub fn to_rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .format(FORMAT)
            // The format has no part that can fail.
            .unwrap_or_default()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_what_clients_write() {
        let noon = Some(Timestamp(1_776_686_400_000));
        for text in [
            "2026-04-20T12:00:00Z",
            "2026-04-20T12:00:00.000Z",
            "2026-04-20T14:00:00+02:00",
            "2026-04-20T14:00:00 02:00",
            "2026-04-20T12:00:00",
            "2026-04-20T12:00",
            "20260420T120000Z",
            " 2026-04-20T12:00:00Z ",
        ] {
            assert_eq!(Timestamp::from_iso8601(text), noon, "{text}");
        }
        let finer = Timestamp::from_iso8601("2026-04-20T12:00:00.000001Z");
        assert_eq!(finer, Some(Timestamp(1_776_686_400_001)));
        assert_eq!(Timestamp::from_iso8601("1970-01-02"), Some(Timestamp(86_400_000)));
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "1776686400",
            "2026-04-20T25:00:00Z",
        ] {
            assert_eq!(Timestamp::from_iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn shows_three_fraction_digits() {
        assert_eq!(
            Timestamp(1_776_686_400_007).to_rfc3339(),
            "2026-04-20T12:00:00.007Z"
        );
        assert_eq!(Timestamp(0).to_rfc3339(), "1970-01-01T00:00:00.000Z");
    }
}
