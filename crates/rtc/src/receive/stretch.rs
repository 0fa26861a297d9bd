/// Spreads the frames of `input` evenly over those of `out` by cubic interpolation (Catmull-Rom). Both are
/// interleaved. Meant for lengths within some percent of each other, where the change of pitch is not heard.
pub(crate) fn stretch(input: &[i16], out: &mut [i16], channels: usize) {
    if input.len() == out.len() {
        out.copy_from_slice(input);
        return;
    }
    let (from, to) = (input.len() / channels, out.len() / channels);
    if from == 0 || to == 0 {
        out.fill(0);
        return;
    }
    let ratio = from as f32 / to as f32;
    let at = |index: isize, channel: usize| {
        let index = index.clamp(0, from as isize - 1) as usize;
        input
            .get(index * channels + channel)
            .copied()
            .map_or(0.0, f32::from)
    };
    for (index, frame) in out.chunks_exact_mut(channels).enumerate() {
        let position = index as f32 * ratio;
        let whole = position as isize;
        let part = position - whole as f32;
        for (channel, sample) in frame.iter_mut().enumerate() {
            let [a, b, c, d] = [-1, 0, 1, 2].map(|step| at(whole + step, channel));
            let curve = ((d - a + 3.0 * (b - c)) * part + 2.0 * a - 5.0 * b + 4.0 * c - d) * part + c - a;
            *sample = (b + 0.5 * curve * part).round() as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stays_a_tone() {
        let tone = |length: usize| -> Vec<i16> {
            let angle = |n: usize| n as f32 / length as f32 * 5.0 * std::f32::consts::TAU;
            (0..length).map(|n| (angle(n).sin() * 10_000.0) as i16).collect()
        };
        for length in [465, 479, 480, 481, 495] {
            let mut out = [0; 480];
            stretch(&tone(length), &mut out, 1);
            let worst = out.iter().zip(tone(480)).map(|(a, b)| (a - b).abs()).max();
            assert!(worst <= Some(60), "{length}: {worst:?}");
        }
    }
}
