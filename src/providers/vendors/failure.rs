//! Failures of services in the words of all providers.

use troupe_vendors::Fault;

use super::Vendor;
use crate::providers::ProviderError;

/// A failure of this service.
pub(super) fn failure(vendor: Vendor, fault: Fault) -> ProviderError {
    let provider = vendor.name();
    match fault {
        Fault::KeyRefused { status } => ProviderError::Unauthorized {
            provider,
            status,
            variable: vendor.key_variable(),
        },
        Fault::RateLimited { retry_after } => ProviderError::RateLimited {
            provider,
            retry_after,
        },
        Fault::Status { status } => ProviderError::Status { provider, status },
        Fault::Refused { detail } => vendor.unfit(detail),
        Fault::Unreachable { detail } => ProviderError::Unreachable { provider, detail },
        Fault::Late { waited } => ProviderError::Timeout { provider, waited },
        Fault::BrokenOff => ProviderError::BrokenOff { provider },
        Fault::Unreadable { detail } => ProviderError::Malformed {
            provider,
            detail: detail.to_owned(),
        },
    }
}
