//! Plots as inline SVG, in the colours of the page.

use std::fmt::Write;

use super::html::escaped;
use crate::evaluation::caller::Summary;

/// Width of a plot, SVG units.
pub(super) const WIDTH: f64 = 860.0;
/// Room for the names at the left, SVG units.
pub(super) const NAMES: f64 = 210.0;
/// Height of one row, SVG units.
const ROW: f64 = 34.0;
/// Height of a plot of lines, SVG units.
const HEIGHT: f64 = 280.0;
/// Room for an axis, SVG units.
const MARGIN: f64 = 46.0;
/// Colours there are; further runs begin anew.
const COLOURS: usize = 6;
/// Steps of an axis.
const STEPS: u32 = 5;

/// A row of a strip plot.
#[derive(Debug, Clone)]
pub struct Strip {
    /// What it is called.
    pub name: String,
    /// Which colour, counted on.
    pub colour: usize,
    /// Median and range.
    pub summary: Summary,
    /// Every value.
    pub values: Vec<f64>,
}

/// A line of a plot.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// Which colour, counted on.
    pub colour: usize,
    /// (x, y) in order.
    pub points: Vec<(f64, f64)>,
}

/// A row for each: every value a dot, a bar from the median to the 95th percentile.
pub fn strips(title: &str, unit: &str, rows: &[Strip]) -> String {
    let largest = rows
        .iter()
        .flat_map(|row| {
            row.values
                .iter()
                .copied()
                .chain(row.summary.p95)
                .chain(row.summary.median)
        })
        .fold(0.0, f64::max);
    let scale = Scale::to(largest);
    let height = ROW * rows.len() as f64 + MARGIN + 10.0;
    let x = |value: f64| NAMES + (WIDTH - NAMES - 60.0) * (value.max(0.0) / scale.top);
    let bottom = height - MARGIN + 10.0;
    let mut svg = String::new();
    for value in scale.steps() {
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{0:.1} 4V{bottom:.1}\"/><text x=\"{0:.1}\" y=\"{1:.1}\" \
             text-anchor=\"middle\">{value}</text>",
            x(value),
            bottom + 16.0
        );
    }
    for (place, row) in rows.iter().enumerate() {
        let y = 4.0 + ROW * (place as f64 + 0.5);
        let _ = write!(
            svg,
            "<g class=\"c{}\"><text class=\"name\" x=\"0\" y=\"{:.1}\">{}</text>",
            row.colour % COLOURS,
            y + 4.0,
            escaped(&row.name)
        );
        for value in &row.values {
            let _ = write!(
                svg,
                "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4\"/>",
                x(*value)
            );
        }
        if let Some(median) = row.summary.median {
            let until = x(row.summary.p95.unwrap_or(median).max(median));
            let from = x(median);
            let _ = write!(
                svg,
                "<path class=\"mark\" d=\"M{from:.1} {:.1}V{:.1}M{from:.1} {y:.1}H{until:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\">{median:.0}</text>",
                y - 10.0,
                y + 10.0,
                until.max(from) + 8.0,
                y + 4.0
            );
        }
        svg.push_str("</g>");
    }
    framed(title, unit, height, &svg)
}

/// One line for each, over a common axis.
pub fn lines(title: &str, x_unit: &str, y_unit: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let across = Scale::to(points().map(|(x, _)| *x).fold(0.0, f64::max));
    let up = Scale::to(points().map(|(_, y)| *y).fold(0.0, f64::max));
    let right = WIDTH - NAMES;
    let bottom = HEIGHT - MARGIN;
    let x = |value: f64| MARGIN + (right - MARGIN) * value / across.top;
    let y = |value: f64| bottom - (bottom - 10.0) * value / up.top;
    let mut svg = String::new();
    for value in across.steps() {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>",
            x(value),
            bottom + 16.0
        );
    }
    for value in up.steps() {
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{MARGIN:.1} {0:.1}H{right:.1}\"/><text x=\"{1:.1}\" y=\"{2:.1}\" \
             text-anchor=\"end\">{value}</text>",
            y(value),
            MARGIN - 6.0,
            y(value) + 4.0
        );
    }
    for (place, line) in lines.iter().enumerate() {
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(at, value)| format!("{:.1} {:.1}", x(*at), y(*value)))
            .collect();
        let _ = write!(svg, "<g class=\"c{}\">", line.colour % COLOURS);
        if path.len() > 1 {
            let _ = write!(svg, "<path class=\"mark\" d=\"M{}\"/>", path.join("L"));
        }
        for (at, value) in &line.points {
            let _ = write!(
                svg,
                "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>",
                x(*at),
                y(*value)
            );
        }
        let _ = write!(
            svg,
            "<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
            right + 12.0,
            22.0 + 20.0 * place as f64,
            escaped(&line.name)
        );
    }
    framed(&format!("{title}, {y_unit}"), x_unit, HEIGHT, &svg)
}

/// A drawing `height` high with its title, and the unit at its foot.
pub(super) fn framed(title: &str, unit: &str, height: f64, svg: &str) -> String {
    let (title, unit) = (escaped(title), escaped(unit));
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" width=\"{WIDTH}\" role=\"img\" aria-label=\"{title}\">\
         <text x=\"0\" y=\"14\" font-weight=\"600\">{title}</text><g transform=\"translate(0 22)\">{svg}\
         <text x=\"{WIDTH}\" y=\"{:.1}\" text-anchor=\"end\">{unit}</text></g></svg>",
        height + 26.0,
        height
    )
}

/// An axis from zero to a round number.
struct Scale {
    top: f64,
}

impl Scale {
    fn to(largest: f64) -> Self {
        if largest <= 0.0 {
            return Self { top: 1.0 };
        }
        let step = largest / f64::from(STEPS);
        let power = 10_f64.powf(step.log10().floor());
        let round = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .find(|round| *round >= step)
            .unwrap_or(step);
        Self {
            top: round * f64::from(STEPS),
        }
    }

    fn steps(&self) -> impl Iterator<Item = f64> {
        let step = self.top / f64::from(STEPS);
        (0..=STEPS).map(move |place| (f64::from(place) * step * 1000.0).round() / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_all_values() {
        for (largest, top) in [(0.0, 1.0), (1176.0, 1250.0), (5.0, 5.0), (43.0, 50.0), (0.9, 1.0)] {
            let scale = Scale::to(largest);
            assert!((scale.top - top).abs() < 1e-9, "{largest}: {}", scale.top);
        }
    }

    #[test]
    fn every_run_has_a_row_and_every_value_a_dot() {
        let strip = |name: &str, values: Vec<f64>| Strip {
            name: name.into(),
            colour: 0,
            summary: Summary::of(values.clone()),
            values,
        };
        let svg = strips(
            "Delays",
            "ms",
            &[strip("ours", vec![400.0, 500.0]), strip("a<b", vec![900.0])],
        );
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains(">ours</text>") && svg.contains(">a&lt;b</text>"));
    }
}
