//! Links that expire: who has one may download one recording, and nothing else.

use subtle::ConstantTimeEq;

use super::super::error::ApiError;
use super::super::state::Api;
use crate::rooms::Timestamp;

/// Time for which a link can be used, ms.
pub(super) const LINK_MS: i64 = 3600 * 1000;

/// A link to a recording, and when it expires.
pub(super) fn link(api: &Api, recording_id: &str, now: Timestamp) -> (String, Timestamp) {
    // Whole seconds, so that the time shown is the time meant.
    let expires_s = now.plus_ms(LINK_MS).0 / 1000;
    let signature = sign(api, recording_id, expires_s);
    let url = format!(
        "{}/recordings/{recording_id}?expires={expires_s}&signature={signature}",
        api.public_url
    );
    (url, Timestamp(expires_s * 1000))
}

/// Admits a link that is ours and has not expired.
pub(super) fn check(
    api: &Api,
    recording_id: &str,
    expires: &str,
    signature: &str,
    now: Timestamp,
) -> Result<(), ApiError> {
    let invalid = || {
        ApiError::forbidden(
            "invalid_link",
            "the link is not one of ours; ask for the room's recordings again",
        )
    };
    let expires_s: i64 = expires.parse().map_err(|_| invalid())?;
    let ours = sign(api, recording_id, expires_s);
    let is_ours: bool = ours.as_bytes().ct_eq(signature.as_bytes()).into();
    if !is_ours {
        return Err(invalid());
    }
    if now.0 / 1000 >= expires_s {
        return Err(ApiError::forbidden(
            "link_expired",
            "the link has expired; ask for the room's recordings again",
        ));
    }
    Ok(())
}

fn sign(api: &Api, recording_id: &str, expires_s: i64) -> String {
    api.secret
        .sign_link(&format!("recording\n{recording_id}\n{expires_s}"))
}
