//! Embeds what is not Rust: migrations, which a new file must rebuild the crate for, and the pages' files, packed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// What of `assets/` is text; sound is packed already.
const TEXT: [&str; 3] = ["js", "css", "svg"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=assets");
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo gives OUT_DIR"))?;
    pack(Path::new("assets"), &PathBuf::from(out).join("assets"))
}

/// Packs each text below `from` into a file of its name and `.gz` below `to`.
fn pack(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else {
            continue;
        };
        if path.is_dir() {
            pack(&path, &to.join(name))?;
        } else if path
            .extension()
            .is_some_and(|kind| TEXT.iter().any(|text| kind == *text))
        {
            let packed = File::create(to.join(format!("{name}.gz")))?;
            let mut encoder = GzEncoder::new(packed, Compression::best());
            io::copy(&mut File::open(&path)?, &mut encoder)?;
            encoder.finish()?;
        }
    }
    Ok(())
}
