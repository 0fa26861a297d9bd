//! What is told of a refusal, whether the service hears or speaks.

use std::time::Duration;

use troupe_vendors::Fault;

use crate::server::{Conduct, Trouble};

/// `fault` answers what a service's failure is told as.
pub(crate) async fn a_bad_key_is_told_as_such(fault: impl AsyncFn(Conduct) -> Fault) {
    let refused = fault(Conduct::Status(401, None)).await;
    assert_eq!(refused, Fault::KeyRefused { status: 401 });
    let refused = fault(Conduct::Complains(Trouble::Key)).await;
    assert!(matches!(refused, Fault::KeyRefused { .. }), "{refused}");
}

/// Answers what too many requests within a connection are told as, for each kind to judge.
pub(crate) async fn a_rate_limit_is_told_with_its_pause(fault: impl AsyncFn(Conduct) -> Fault) -> Fault {
    let limited = fault(Conduct::Status(429, Some("7"))).await;
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(limited, Fault::RateLimited { retry_after });
    fault(Conduct::Complains(Trouble::TooMany)).await
}
