//! How loud a short stretch of sound is in each band of the mel scale, which spaces tones as people hear them.

use std::f64::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// Samples of one frame: 25 ms at 16 kHz.
pub(crate) const FRAME_SAMPLES: usize = 400;
/// Samples between frames: 10 ms.
pub(crate) const HOP_SAMPLES: usize = 160;

/// Half the sample rate, Hz: where the highest band ends.
const TOP_HZ: f64 = 8000.0;
const BINS: usize = FRAME_SAMPLES / 2 + 1;

/// The transform, with what it needs each time.
pub(crate) struct Mel {
    fft: Arc<dyn RealToComplex<f32>>,
    hann: Vec<f32>,
    /// For each band its first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
}

impl Mel {
    /// The transform to so many bands.
    pub(crate) fn new(bands: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME_SAMPLES);
        let hann = (0..FRAME_SAMPLES)
            .map(|at| (0.5 - 0.5 * (2.0 * PI * at as f64 / FRAME_SAMPLES as f64).cos()) as f32);
        Self {
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            fft,
            hann: hann.collect(),
            bands: weights(bands),
        }
    }

    /// The energy in each band of the first [`FRAME_SAMPLES`] of `samples`.
    pub(crate) fn energies(&mut self, samples: &[f32]) -> impl Iterator<Item = f32> {
        for (out, (sample, weight)) in self.frame.iter_mut().zip(samples.iter().zip(&self.hann)) {
            *out = sample * weight;
        }
        // It fails for buffers of the wrong length alone, and these are its own.
        let _ = self.fft.process(&mut self.frame, &mut self.spectrum);
        self.bands.iter().map(|(first, weights)| {
            let bins = self.spectrum.iter().skip(*first).zip(weights);
            bins.map(|(bin, weight)| bin.norm_sqr() * weight).sum()
        })
    }
}

/// Triangular bands of equal area (Slaney's), evenly spaced in mel up to half the sample rate.
fn weights(bands: usize) -> Vec<(usize, Vec<f32>)> {
    let corners: Vec<f64> = (0..bands + 2)
        .map(|index| mel_to_hz(hz_to_mel(TOP_HZ) * index as f64 / (bands + 1) as f64))
        .collect();
    let band = |index: usize| {
        let (low, middle, high) = (corners[index], corners[index + 1], corners[index + 2]);
        let weights = (0..BINS).map(|bin| {
            let hz = TOP_HZ * bin as f64 / (BINS - 1) as f64;
            let slope = ((hz - low) / (middle - low)).min((high - hz) / (high - middle));
            (slope.max(0.0) * 2.0 / (high - low)) as f32
        });
        let weights: Vec<f32> = weights.collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let end = weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .map_or(first, |last| last + 1);
        (first, weights[first..end].to_vec())
    };
    (0..bands).map(band).collect()
}

/// Below 1 kHz the scale is linear.
const LINEAR_BELOW_HZ: f64 = 1000.0;
const LINEAR_BELOW_MEL: f64 = 15.0;

/// Growth of the logarithm for one mel above 1 kHz.
fn log_step() -> f64 {
    6.4_f64.ln() / 27.0
}

fn hz_to_mel(hz: f64) -> f64 {
    if hz < LINEAR_BELOW_HZ {
        3.0 * hz / 200.0
    } else {
        LINEAR_BELOW_MEL + (hz / LINEAR_BELOW_HZ).ln() / log_step()
    }
}

fn mel_to_hz(mel: f64) -> f64 {
    if mel < LINEAR_BELOW_MEL {
        200.0 * mel / 3.0
    } else {
        LINEAR_BELOW_HZ * (log_step() * (mel - LINEAR_BELOW_MEL)).exp()
    }
}
