//! Signatures by the scheme of [Standard Webhooks](https://www.standardwebhooks.com), which has libraries in
//! every language: HMAC-SHA256 over `id.timestamp.body` under the webhook's secret. The timestamp is signed, so
//! that a receiver can refuse what is replayed later, and the id is the event's, so that it can refuse what is
//! replayed at once.

use crate::rooms::id::random_base62;

/// Header with the event's id.
pub const ID_HEADER: &str = "webhook-id";
/// Header with the time of the attempt, s since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Header with the signature, `v1,<base64>`.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// Characters of a secret after its prefix: 238 bits; a multiple of four, so that they are Base64 as well.
const SECRET_CHARS: usize = 40;

/// A new secret, `whsec_` and Base64.
pub fn new_secret() -> String {
    format!("whsec_{}", random_base62(SECRET_CHARS))
}

/// The signature header's value; `None` when `secret` is none of [`new_secret`].
pub fn sign(secret: &str, event_id: &str, timestamp_s: i64, body: &str) -> Option<String> {
    standardwebhooks::Webhook::new(secret)
        .ok()?
        .sign(event_id, timestamp_s, body.as_bytes())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{new_secret, sign};

    #[test]
    fn the_published_example_is_signed_as_published() {
        // From the reference implementations' own tests.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn secrets_can_sign_and_differ() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one, other);
        assert_ne!(sign(&one, "a", 1, "{}"), sign(&other, "a", 1, "{}"));
        assert!(sign("no secret!", "a", 1, "{}").is_none());
    }
}
