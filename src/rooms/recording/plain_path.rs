//! What the path of a kept file may be made of.

/// Whether a path holds letters, digits, dots, dashes, underscores and slashes alone, and never leaves its folder.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    path.chars().all(is_plain) && !path.split('/').any(|part| matches!(part, "." | ".."))
}
