//! Signal processing that several places need.

mod resample;

pub use resample::Resampler;
