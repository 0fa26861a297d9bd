//! A square of cells, the darker the more.

use std::fmt::Write;

use super::html::escaped;
use super::plot::{NAMES, WIDTH, framed};

/// Largest width of a cell, SVG units.
const CELL_MAX: f64 = 64.0;
/// Cells narrower than this hold no number, SVG units.
const CELL_WITH_TEXT: f64 = 34.0;
/// Height of a row, SVG units.
const ROW: f64 = 30.0;
/// Room below the rows, SVG units.
const BELOW: f64 = 34.0;
/// How much of the colour the fullest cell has: text on it must be read.
const OPACITY_MAX: f64 = 0.6;

/// One row and one column for each name; cells are coloured between `from` and `to`.
pub(super) fn heat(title: &str, names: &[String], cells: &[Vec<f64>], [from, to]: [f64; 2]) -> String {
    let width = ((WIDTH - NAMES) / names.len().max(1) as f64).min(CELL_MAX);
    let mut svg = String::new();
    for (row, (name, values)) in names.iter().zip(cells).enumerate() {
        let top = ROW * row as f64;
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{:.1}\">{} {}</text>",
            top + ROW / 2.0 + 4.0,
            row + 1,
            escaped(name)
        );
        for (column, (other, value)) in names.iter().zip(values).enumerate() {
            let left = NAMES + width * column as f64;
            let opacity = OPACITY_MAX * ((value - from) / (to - from)).clamp(0.0, 1.0);
            let _ = write!(
                svg,
                "<rect class=\"cell\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
                 fill-opacity=\"{opacity:.2}\"><title>{}, {}: {value:.2}</title></rect>",
                width - 2.0,
                ROW - 2.0,
                escaped(name),
                escaped(other)
            );
            if width >= CELL_WITH_TEXT {
                let _ = write!(
                    svg,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value:.2}</text>",
                    left + width / 2.0 - 1.0,
                    top + ROW / 2.0 + 4.0
                );
            }
        }
    }
    let bottom = ROW * names.len() as f64;
    for column in 0..names.len() {
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            NAMES + width * (column as f64 + 0.5) - 1.0,
            bottom + 16.0,
            column + 1
        );
    }
    framed(title, "", bottom + BELOW, &svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_cell_and_a_number_where_there_is_room() {
        let names = ["a<b".to_owned(), "c".to_owned()];
        let svg = heat("Alike", &names, &[vec![1.0, 0.4], vec![0.4, 0.7]], [0.4, 1.0]);
        assert_eq!(svg.matches("<rect").count(), 4);
        assert!(svg.contains("fill-opacity=\"0.60\"") && svg.contains("fill-opacity=\"0.00\""));
        assert!(svg.contains("<title>a&lt;b, c: 0.40</title>") && svg.contains(">0.40</text>"));
        let many: Vec<String> = (0..40).map(|index| index.to_string()).collect();
        let svg = heat("Alike", &many, &vec![vec![0.5; 40]; 40], [0.4, 1.0]);
        assert!(svg.matches("<rect").count() == 1600 && !svg.contains(">0.50</text>"));
    }
}
