use std::collections::BTreeSet;
use std::path::Path;

use troupe::api::catalogue::ERRORS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_catalogue_is_in_order_and_in_the_reference() {
    let keys: Vec<(u16, &str)> = ERRORS.iter().map(|known| (known.status, known.code)).collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(keys, sorted, "by status and code, each once");
    let text = std::fs::read_to_string(root().join("docs/api.md")).unwrap();
    let shown: BTreeSet<&str> = text
        .lines()
        .filter(|line| line.starts_with("| 4") || line.starts_with("| 5"))
        .collect();
    let wanted: Vec<String> = ERRORS
        .iter()
        .map(|known| format!("| {} | `{}` | {} |", known.status, known.code, known.meaning))
        .collect();
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|line| !shown.contains(line.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/api.md lacks these lines:\n{missing:#?}");
    assert_eq!(
        shown.len(),
        wanted.len(),
        "docs/api.md shows codes that are not in the catalogue"
    );
}

/// Codes are string literals where they are made; each of them must be in the catalogue.
#[test]
fn every_code_in_the_code_is_in_the_catalogue() {
    let known: BTreeSet<&str> = ERRORS.iter().map(|known| known.code).collect();
    let mut found = BTreeSet::new();
    for folder in ["src/api", "src/rooms"] {
        sources(&root().join(folder), &mut |text| {
            for opening in [
                "code: \"",
                "forbidden(\"",
                "conflict(\"",
                "unavailable(\"",
                "too_many(\"",
            ] {
                let squeezed: String = text
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace("( \"", "(\"");
                for part in squeezed.split(opening).skip(1) {
                    found.insert(part.split('"').next().unwrap().to_owned());
                }
            }
        });
    }
    let unknown: Vec<&String> = found
        .iter()
        .filter(|code| !known.contains(code.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not in src/api/catalogue.rs: {unknown:?}");
    assert!(
        found.len() > 8,
        "the codes are found where they are made: {found:?}"
    );
}

fn sources(folder: &Path, visit: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
