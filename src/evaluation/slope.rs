//! How fast something grows.

/// The slope of the line through these points (x, y) with the least squares; `None` for fewer than two different x.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let [x, y, xx, xy] = points.iter().fold([0.0; 4], |[sx, sy, sxx, sxy], (x, y)| {
        [sx + x, sy + y, sxx + x * x, sxy + x * y]
    });
    let spread = n * xx - x * x;
    (points.len() > 1 && spread > 0.0).then(|| (n * xy - x * y) / spread)
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn it_is_the_lines() {
        assert_eq!(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), Some(2.0));
        assert_eq!(slope(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]), Some(0.0));
        assert_eq!(slope(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(slope(&[(1.0, 1.0)]), None);
    }
}
