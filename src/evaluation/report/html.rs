//! The page around plots and tables: one file without anything from elsewhere, for light and dark screens.

use std::fmt::Write;

/// A part of a page.
#[derive(Debug, Default)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What it says first, as text.
    pub text: String,
    /// Plots as SVG.
    pub plots: Vec<String>,
    /// A table, the first row being its head.
    pub table: Vec<Vec<String>>,
}

/// Colours that are told apart by everybody, for light and for dark.
const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1d2125;--paper:#fff;--faint:#d8dce0;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;
--c3:#9b4f96;--c4:#7a6a00;--c5:#6b7280}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#14171a;--faint:#3a4046;--c0:#56b4e9;--c1:#ff9c5b;
--c2:#3ddc97;--c3:#d8a0d4;--c4:#e6d45c;--c5:#9aa3ad}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;max-width:64rem;
padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--faint);
font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto;display:block;margin:1rem 0}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .grid{stroke:var(--faint);fill:none}
.c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}
svg .dot{fill:var(--c);fill-opacity:.45}svg .mark{stroke:var(--c);fill:none;stroke-width:2.5}
svg .name{fill:var(--c)}svg .cell{fill:var(--c0)}
";

/// The whole page.
pub fn page(title: &str, lead: &str, sections: &[Section]) -> String {
    let mut body = String::new();
    for section in sections {
        let _ = writeln!(body, "<h2>{}</h2>", escaped(&section.heading));
        if !section.text.is_empty() {
            let _ = writeln!(body, "<p>{}</p>", escaped(&section.text));
        }
        for plot in &section.plots {
            let _ = writeln!(body, "{plot}");
        }
        body.push_str(&table(&section.table));
    }
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n\
         <body><h1>{title}</h1>\n<p>{}</p>\n{body}</body></html>\n",
        escaped(lead)
    )
}

fn table(rows: &[Vec<String>]) -> String {
    let Some((head, rows)) = rows.split_first() else {
        return String::new();
    };
    let mut text = String::from("<table><thead>");
    row(&mut text, "th", head);
    text.push_str("</thead><tbody>");
    for cells in rows {
        row(&mut text, "td", cells);
    }
    text.push_str("</tbody></table>\n");
    text
}

fn row(text: &mut String, tag: &str, cells: &[String]) {
    text.push_str("<tr>");
    for cell in cells {
        let _ = write!(text, "<{tag}>{}</{tag}>", escaped(cell));
    }
    text.push_str("</tr>");
}

/// Text that means nothing to HTML: names and files come from outside.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_alone_and_takes_names_as_text() {
        let section = Section {
            heading: "<script>".into(),
            table: vec![vec!["a".into()], vec!["b & c".into()]],
            ..Section::default()
        };
        let page = page("T", "lead", &[section]);
        assert!(page.contains("&lt;script&gt;") && page.contains("b &amp; c"));
        for outside in ["<script", "http://", "https://", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("prefers-color-scheme:dark"));
    }
}
