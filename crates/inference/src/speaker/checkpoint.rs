//! Reads checkpoints as PyTorch wrote them before 1.6: five pickles one after the other, then the numbers of each
//! storage that the last of them lists.
//!
//! A pickle is a program. candle's reader makes values of it and notes by name what it would call: nothing is run.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use candle_core::pickle::{Object, Stack, TensorInfo};
use candle_core::{DType, Device, Tensor};

/// The first pickle: a number of ten bytes that tells what the file is.
const MAGIC: [u8; 15] = *b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
/// The second one.
const VERSION: Object = Object::Int(1001);
const FLOAT_BYTES: u64 = 4;

/// The tensors of the dictionary that has this name in the checkpoint; all are of 32-bit floats, and so is all else
/// that is in it.
pub(super) fn read(file: &Path, dictionary: &str) -> Result<HashMap<String, Tensor>, String> {
    let opened = File::open(file).map_err(|error| error.to_string())?;
    let bytes_max = opened.metadata().map_err(|error| error.to_string())?.len();
    let mut reader = BufReader::new(opened);
    let mut magic = [0; MAGIC.len()];
    let is_checkpoint = reader.read_exact(&mut magic).is_ok() && magic == MAGIC;
    if !is_checkpoint || pickle(&mut reader)? != VERSION {
        return Err("it is no checkpoint of PyTorch before 1.6".into());
    }
    let system = pickle(&mut reader)?;
    if entry(system, "little_endian") != Some(Object::Bool(true)) {
        return Err("its numbers are not little-endian".into());
    }
    let tensors = tensors(pickle(&mut reader)?, dictionary)?;
    let keys = pickle(&mut reader)?;
    let mut storages = HashMap::new();
    for key in names(keys)? {
        let count = count(&mut reader, bytes_max)?;
        if tensors.iter().any(|tensor| key_of(tensor) == key) {
            storages.insert(key, floats(&mut reader, count)?);
        } else {
            let bytes = i64::try_from(count * FLOAT_BYTES).map_err(|error| error.to_string())?;
            reader.seek_relative(bytes).map_err(|error| error.to_string())?;
        }
    }
    tensors
        .into_iter()
        .map(|tensor| Ok((tensor.name.clone(), filled(&tensor, &storages)?)))
        .collect()
}

fn pickle(reader: &mut BufReader<File>) -> Result<Object, String> {
    let mut stack = Stack::empty();
    stack
        .read_loop(reader)
        .and_then(|()| stack.finalize())
        .map_err(|error| format!("pickle: {error}"))
}

/// The value under a key.
fn entry(dictionary: Object, key: &str) -> Option<Object> {
    let key = Object::Unicode(key.to_owned());
    let mut entries = dictionary.dict().ok()?.into_iter();
    entries.find(|(name, _)| *name == key).map(|(_, value)| value)
}

fn tensors(checkpoint: Object, dictionary: &str) -> Result<Vec<TensorInfo>, String> {
    let entries = entry(checkpoint, dictionary).and_then(|entries| entries.dict().ok());
    let entries = entries.ok_or_else(|| format!("there is no {dictionary} in it"))?;
    let tensors = entries
        .into_iter()
        .map(|(name, value)| value.into_tensor_info(name, Path::new("")));
    let tensors: Result<Vec<_>, _> = tensors.collect();
    let tensors = tensors.map_err(|error| format!("{dictionary}: {error}"))?;
    Ok(tensors.into_iter().flatten().collect())
}

fn names(list: Object) -> Result<Vec<String>, String> {
    let Object::List(list) = list else {
        return Err("it has no list of storages".into());
    };
    let names: Result<_, _> = list.into_iter().map(Object::unicode).collect();
    names.map_err(|_| "a storage has no name".into())
}

/// The storage that a tensor lies in; candle writes it as a file within a folder, here within none.
fn key_of(tensor: &TensorInfo) -> &str {
    tensor.path.trim_start_matches('/')
}

/// How many numbers follow.
fn count(reader: &mut BufReader<File>, bytes_max: u64) -> Result<u64, String> {
    let mut bytes = [0; 8];
    reader
        .read_exact(&mut bytes)
        .map_err(|error| format!("storage: {error}"))?;
    let count = u64::from_le_bytes(bytes);
    if count > bytes_max / FLOAT_BYTES {
        return Err(format!("a storage of {count} numbers is larger than the file"));
    }
    Ok(count)
}

fn floats(reader: &mut BufReader<File>, count: u64) -> Result<Vec<f32>, String> {
    let bytes = usize::try_from(count * FLOAT_BYTES).map_err(|error| error.to_string())?;
    let mut raw = vec![0; bytes];
    reader
        .read_exact(&mut raw)
        .map_err(|error| format!("storage: {error}"))?;
    Ok(raw
        .as_chunks()
        .0
        .iter()
        .copied()
        .map(f32::from_le_bytes)
        .collect())
}

fn filled(tensor: &TensorInfo, storages: &HashMap<String, Vec<f32>>) -> Result<Tensor, String> {
    let TensorInfo { name, layout, .. } = tensor;
    if tensor.dtype != DType::F32 || !layout.is_contiguous() {
        return Err(format!("tensor {name} is not of 32-bit floats in order"));
    }
    // candle has counted the offset in bytes.
    let start = layout.start_offset() / DType::F32.size_in_bytes();
    let numbers = storages
        .get(key_of(tensor))
        .and_then(|storage| storage.get(start..start.checked_add(layout.shape().elem_count())?))
        .ok_or_else(|| format!("tensor {name} lies outside of its storage"))?;
    Tensor::from_slice(numbers, layout.shape(), &Device::Cpu)
        .map_err(|error| format!("tensor {name}: {error}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// A file of its own, gone with the test.
    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn of(name: &str, bytes: &[u8]) -> Self {
            let path = std::env::temp_dir().join(format!("troupe-{}-{name}", std::process::id()));
            std::fs::write(&path, bytes).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    /// A checkpoint with one dictionary `weights`, of one tensor `w` of shape 2×2 that starts at the second number of
    /// its storage; a storage of something else lies before.
    fn checkpoint(count: u64) -> Vec<u8> {
        let system = [text("little_endian"), b"\x88s".into()].concat();
        let storage = [
            text("storage"),
            b"ctorch\nFloatStorage\n".into(),
            text("key"),
            text("cpu"),
            b"K\x05Nt".into(),
        ];
        let tensor = [
            text("w"),
            b"ctorch._utils\n_rebuild_tensor_v2\n((".into(),
            storage.concat(),
            b"QK\x01K\x02K\x02\x86K\x02K\x01\x86\x89}tRs".into(),
        ];
        let dictionary = [text("weights"), b"}".into(), tensor.concat(), b"s".into()].concat();
        let keys = [text("another"), text("key"), b"e".into()].concat();
        let storages = [
            1_u64.to_le_bytes().to_vec(),
            9_f32.to_le_bytes().to_vec(),
            count.to_le_bytes().to_vec(),
            (0_u8..5)
                .flat_map(|number| f32::from(number).to_le_bytes())
                .collect(),
        ];
        [
            MAGIC.to_vec(),
            pickled(b"M\xe9\x03", b""),
            pickled(b"}", &system),
            pickled(b"}", &dictionary),
            pickled(b"](", &keys),
            storages.concat(),
        ]
        .concat()
    }

    fn pickled(start: &[u8], rest: &[u8]) -> Vec<u8> {
        [&b"\x80\x02"[..], start, rest, b"."].concat()
    }

    fn text(text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap();
        [&b"X"[..], &length.to_le_bytes()[..], text.as_bytes()].concat()
    }

    #[test]
    fn a_tensor_is_a_stretch_of_its_storage() {
        let file = Scratch::of("checkpoint", &checkpoint(5));
        let tensors = read(&file.0, "weights").unwrap();
        assert_eq!(tensors["w"].to_vec2::<f32>().unwrap(), [[1.0, 2.0], [3.0, 4.0]]);
        let error = read(&file.0, "biases").unwrap_err();
        assert!(error.contains("no biases"), "{error}");
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        let broken = checkpoint(u64::MAX);
        let short = checkpoint(4);
        let cases: [(&[u8], &str); 5] = [
            (b"", "no checkpoint"),
            (b"PK\x03\x04 and what a newer one has", "no checkpoint"),
            (&broken, "larger than the file"),
            (&short, "outside"),
            (&checkpoint(5)[..60], "pickle"),
        ];
        for (index, (bytes, expected)) in cases.into_iter().enumerate() {
            let file = Scratch::of(&format!("broken-{index}"), bytes);
            let error = read(&file.0, "weights").unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
