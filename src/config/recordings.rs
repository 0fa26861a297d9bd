//! Where recordings are kept.

use std::path::PathBuf;
use std::str::FromStr;

use crate::rooms::recording::is_plain_path;

/// How a bucket of S3 begins.
const BUCKET: &str = "s3://";
/// Bounds of a bucket's name, characters.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=63;

/// A folder, or a bucket of S3 or of anything that speaks its protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingsPlace {
    /// A folder.
    Folder(PathBuf),
    /// `s3://bucket/prefix`; server and credentials are those of the standard variables (`AWS_…`).
    Bucket {
        /// The bucket's name.
        name: String,
        /// What every object's name begins with, without slashes at its ends; may be empty.
        prefix: String,
    },
}

impl FromStr for RecordingsPlace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(bucket) = text.strip_prefix(BUCKET) else {
            if text.contains("://") {
                return Err("must be a folder or s3://bucket/prefix");
            }
            return Ok(Self::Folder(text.into()));
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if !NAME_CHARS.contains(&name.len()) || !name.chars().all(is_plain) {
            return Err(
                "must name a bucket of 3 to 63 lower-case letters, digits, dots and dashes: s3://bucket/prefix",
            );
        }
        let prefix = prefix.trim_matches('/');
        if !is_plain_path(prefix) {
            return Err(
                "must have a prefix of letters, digits, dots, dashes and underscores: s3://bucket/prefix",
            );
        }
        Ok(Self::Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_or_a_bucket() {
        let bucket = |name: &str, prefix: &str| {
            Ok(RecordingsPlace::Bucket {
                name: name.into(),
                prefix: prefix.into(),
            })
        };
        assert_eq!("s3://calls".parse(), bucket("calls", ""));
        assert_eq!("s3://calls/eu/troupe/".parse(), bucket("calls", "eu/troupe"));
        assert_eq!(
            "var/recordings".parse(),
            Ok(RecordingsPlace::Folder("var/recordings".into()))
        );
        for bad in [
            "s3://",
            "s3://C",
            "s3://calls/a b",
            "s3://calls/../x",
            "gs://calls",
            "s3:///x",
        ] {
            assert!(bad.parse::<RecordingsPlace>().is_err(), "{bad}");
        }
    }
}
