//! The curves as one HTML page with an SVG in it, in the looks of all reports.

use std::fmt::Write;

use super::curve::Point;
use crate::evaluation::report::{self, Section};

/// Width of the plot, SVG units.
const WIDTH: f64 = 860.0;
/// Height of the plot, SVG units.
const HEIGHT: f64 = 500.0;
/// Room for the axes, SVG units.
const MARGIN: f64 = 60.0;
/// Longest delay shown, ms.
const DELAY_MS_MAX: f64 = 2000.0;
/// Largest share of false cut-ins shown.
const CUTS_MAX: f64 = 0.6;

/// A page with one line for each named curve.
pub fn page(curves: &[(&str, &[Point])], note: &str) -> String {
    let mut svg = String::new();
    for step in 0..=4 {
        let (delay, cuts) = (
            DELAY_MS_MAX * f64::from(step) / 4.0,
            CUTS_MAX * f64::from(step) / 4.0,
        );
        let (x, y) = place(delay, cuts);
        let (left, bottom) = place(0.0, 0.0);
        let (right, top) = place(DELAY_MS_MAX, CUTS_MAX);
        let _ = write!(
            svg,
            "<path class='grid' d='M{x:.1} {bottom:.1}V{top:.1}M{left:.1} {y:.1}H{right:.1}'/>\
             <text x='{x:.1}' y='{:.1}' text-anchor='middle'>{delay:.0}</text>\
             <text x='{:.1}' y='{y:.1}' text-anchor='end' dy='4'>{:.0} %</text>",
            bottom + 20.0,
            left - 8.0,
            cuts * 100.0
        );
    }
    for (index, (name, curve)) in curves.iter().enumerate() {
        let _ = write!(
            svg,
            "<g class='c{index}'><path class='mark' d='{}'/>\
             <text class='name' x='{:.1}' y='{:.1}'>{name}</text></g>",
            line(curve),
            WIDTH - MARGIN - 170.0,
            MARGIN + 22.0 * index as f64
        );
    }
    let svg = format!(
        "<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img' aria-label='False cut-ins against delay'>{svg}\
         <text x='{:.1}' y='{:.1}' text-anchor='middle'>mean delay from the last sound, ms</text></svg>",
        WIDTH / 2.0,
        HEIGHT - 12.0
    );
    let section = Section {
        heading: "False cut-ins against delay".into(),
        plots: vec![svg],
        ..Section::default()
    };
    report::page("Ends of turns", note, &[section])
}

/// Among points of one delay the best, in order of delay: what can be had.
fn line(curve: &[Point]) -> String {
    let mut points: Vec<&Point> = curve.iter().collect();
    points.sort_by(|one, other| one.delay_ms.total_cmp(&other.delay_ms));
    let mut path = String::new();
    let mut best = f64::INFINITY;
    for point in points {
        if point.false_cut_in >= best || point.delay_ms > DELAY_MS_MAX {
            continue;
        }
        let (x, from) = place(point.delay_ms, best.min(CUTS_MAX));
        let (_, y) = place(0.0, point.false_cut_in.min(CUTS_MAX));
        let _ = if path.is_empty() {
            write!(path, "M{x:.1} {y:.1}")
        } else {
            write!(path, "L{x:.1} {from:.1}V{y:.1}")
        };
        best = point.false_cut_in;
    }
    path
}

fn place(delay_ms: f64, cuts: f64) -> (f64, f64) {
    (
        MARGIN + (WIDTH - 2.0 * MARGIN) * delay_ms / DELAY_MS_MAX,
        HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * cuts / CUTS_MAX,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_never_rises_and_the_page_names_each() {
        let point = |delay_ms, false_cut_in| Point {
            knob: 0.0,
            false_cut_in,
            delay_ms,
        };
        let curve = [point(100.0, 0.5), point(200.0, 0.55), point(300.0, 0.2)];
        assert_eq!(
            line(&curve).matches('L').count(),
            1,
            "the worse point in the middle is left out"
        );
        let page = page(&[("ours", &curve)], "12 pauses");
        assert!(page.contains(">ours</text>") && page.contains("12 pauses"));
    }
}
