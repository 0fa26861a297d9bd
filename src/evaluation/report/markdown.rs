//! Tables in Markdown.

use std::fmt::Write;

use super::html::Section;

/// Sections one after another.
pub(super) fn text(title: &str, lead: &str, sections: &[Section]) -> String {
    let mut text = format!("# {title}\n\n{lead}\n");
    for section in sections {
        let _ = write!(text, "\n## {}\n\n", section.heading);
        if !section.text.is_empty() {
            let _ = write!(text, "{}\n\n", section.text);
        }
        for (place, cells) in section.table.iter().enumerate() {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if place == 0 {
                let _ = writeln!(text, "|{}", "---|".repeat(cells.len()));
            }
        }
    }
    text
}
