//! Recordings of `tests/data`.

/// Samples of a recording, within ±1.0, at 16 kHz mono.
pub(crate) fn pcm_16k(name: &str) -> Vec<f32> {
    // Where it is run: a kept build may be another checkout's.
    let package =
        std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let path = format!("{package}/tests/data/{name}");
    let bytes = std::fs::read(path).unwrap();
    // Our own files: 16-bit mono with the plain header of 44 bytes.
    bytes[44..]
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect()
}
