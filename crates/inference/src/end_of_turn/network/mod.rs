//! Smart Turn's network in integers: a Whisper encoder of four layers, pooled by attention, with a classifier.
//!
//! The model's file tells at each place in which steps a byte counts (`QuantizeLinear`, `DequantizeLinear`). A
//! runtime that does not know those places multiplies floating-point numbers in between, at three times the
//! work and four times the memory. Here bytes are multiplied by bytes, and each number is rounded exactly where
//! the file says, so that the outcome is the one of an integer runtime.

mod attention;
mod classifier;
mod convolution;
mod lanes;
mod layer;
mod linear;
mod norm;
mod product;
mod scale;
mod weights;

use std::path::Path;

use classifier::Classifier;
use convolution::Convolutions;
use layer::{Layer, Names, Scratch};
use product::Product;
use weights::Weights;

use super::log_mel;

/// Frames that the encoder sees: one each 20 ms.
const FRAMES: usize = log_mel::FRAMES / 2;
/// Numbers of a frame.
const WIDTH: usize = 384;
/// Numbers of a frame within a layer's expansion.
const INNER: usize = 1536;
const HEADS: usize = 6;
/// Numbers of a frame that one head looks at.
const HEAD: usize = WIDTH / HEADS;
/// Frames that are worked off together: few enough that what is made of them stays in the cache.
const BLOCK: usize = 80;

/// Where the file has what belongs to each layer.
const LAYERS: [Names; 4] = [
    Names {
        weights: [17, 25, 32, 75, 79, 88],
        given: [18, 33, 76, 80, 89],
        keys: 1,
        attention: [64, 67, 68, 69],
        values: 2,
    },
    Names {
        weights: [92, 100, 107, 148, 152, 161],
        given: [93, 108, 149, 153, 162],
        keys: 7,
        attention: [137, 140, 141, 142],
        values: 6,
    },
    Names {
        weights: [165, 173, 180, 221, 225, 234],
        given: [166, 181, 222, 226, 235],
        keys: 13,
        attention: [210, 213, 214, 215],
        values: 10,
    },
    Names {
        weights: [238, 246, 253, 294, 298, 307],
        given: [239, 254, 295, 299, 308],
        keys: 19,
        attention: [283, 286, 287, 288],
        values: 14,
    },
];

/// The weights, and room to work in.
pub(super) struct Network {
    product: Product,
    convolutions: Convolutions,
    layers: Vec<Layer>,
    classifier: Classifier,
    hidden: Vec<f32>,
    scratch: Scratch,
}

impl Network {
    /// Reads the model's file.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let weights = Weights::read(file)?;
        let product = Product::new();
        let layers = LAYERS.iter().enumerate();
        let layers = layers.map(|(layer, names)| Layer::read(&weights, &product, layer, names));
        Ok(Self {
            convolutions: Convolutions::read(&weights, &product)?,
            layers: layers.collect::<Result<_, _>>()?,
            classifier: Classifier::read(&weights, &product)?,
            product,
            hidden: vec![0.0; FRAMES * WIDTH],
            scratch: Scratch::default(),
        })
    }

    /// The probability for features of a window, frame by frame.
    pub(super) fn probability(&mut self, features: &[f32]) -> Result<f32, String> {
        let Self {
            product,
            hidden,
            scratch,
            ..
        } = self;
        self.convolutions.run(product, features, hidden, scratch)?;
        for layer in &self.layers {
            layer.run(product, hidden, scratch)?;
        }
        self.classifier.run(product, hidden, scratch)
    }
}
