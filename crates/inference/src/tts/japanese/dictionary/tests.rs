//! A dictionary of three words, whole and broken in every file.

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// Files of a dictionary that knows `a` (said ア), `b` (said ビ) and `ab` (said アブ), in a folder of its own.
struct Small {
    folder: PathBuf,
}

impl Small {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("troupe-words-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let small = Self { folder };
        let mut base = vec![0_i32; 400];
        let mut check = vec![-1_i32; 400];
        base[0] = 1;
        for (node, number, from) in [(98, 0, 0), (99, 1, 0)] {
            (base[node], check[node]) = (100 + i32::try_from(node).unwrap(), from);
            let leaf = 100 + node;
            (base[leaf], check[leaf]) = (-number - 1, i32::try_from(node).unwrap());
        }
        (base[296], check[296]) = (300, 98);
        (base[300], check[300]) = (-3, 296);
        small.put("base.dat", &ints(&base));
        small.put("check.dat", &ints(&check));
        small.put("cc.dat", &shorts(&[1, 1, 5]));
        let lines =
            "a,名詞,数,*,*,*,*,a,ア,ア\0b,動詞,自立,*,*,*,*,b,ビ,ビ\0ab,助動詞,*,*,*,*,*,ab,アブ,アブ\0";
        small.put("tid_pos.dat", lines.as_bytes());
        let starts = [0, lines.find("b,").unwrap(), lines.find("ab,").unwrap()];
        let table: Vec<u8> = [(10, starts[0]), (10, starts[1]), (40, starts[2])]
            .iter()
            .flat_map(|(cost, line)| {
                [shorts(&[0, 0, *cost]), ints(&[i32::try_from(*line).unwrap()])].concat()
            })
            .collect();
        small.put("tid.dat", &table);
        small.put("tid_map.dat", &ints(&[3, 0, 1, 0, 1, 1, 10, 2, 1, 20, 0, 0]));
        small.put("unk.dat", &[shorts(&[0, 0, 500]), ints(&[0])].concat());
        small.put("unk_map.dat", &ints(&[1, 0, 1, 0]));
        small.put("unk_char.dat", &[0; 0x1_0000]);
        small.put("unk_invoke.dat", b"\0\x01\0\0\0\0DEFAULT\0");
        small
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).unwrap();
        std::fs::write(self.folder.join(format!("{name}.gz")), packed.finish().unwrap()).unwrap();
    }

    fn error(&self) -> String {
        Words::load(&self.folder).err().unwrap().to_string()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn ints(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn shorts(numbers: &[i16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn the_cheapest_words_are_taken() {
    let small = Small::new("cheapest");
    let words = Words::load(&small.folder).unwrap();
    let read = |text| -> Vec<(String, Option<String>, Kind)> {
        let found = words.words(text);
        let owned = |word: Found<'_>| (word.text.to_owned(), word.sound.map(str::to_owned), word.kind);
        found.into_iter().map(owned).collect()
    };
    let known = |text: &str, sound: &str, kind| (text.to_owned(), Some(sound.to_owned()), kind);
    // Two words cost 10 + 5 each, the one of both 40.
    assert_eq!(
        read("ab"),
        [known("a", "ア", Kind::Numeral), known("b", "ビ", Kind::Inflected)]
    );
    assert_eq!(
        read("xxa").first().unwrap(),
        &("xxa".to_owned(), None, Kind::Other)
    );
    assert!(read("").is_empty());
    small.put("cc.dat", &shorts(&[1, 1, 50]));
    let words = Words::load(&small.folder).unwrap();
    assert_eq!(words.words("ab").first().unwrap().sound, Some("アブ"));
}

#[test]
fn broken_files_are_named() {
    for (name, bytes) in [
        ("cc.dat", shorts(&[9, 9, 1])),
        ("cc.dat", vec![]),
        ("check.dat", ints(&[0; 7])),
        ("tid.dat", vec![1; 25]),
        ("tid.dat", shorts(&[7, 0, 0, 0, 0])),
        ("tid_map.dat", ints(&[3, 0, 1])),
        ("tid_map.dat", ints(&[1, i32::MAX, 1, 0])),
        ("tid_map.dat", ints(&[1, 0, i32::MAX, 0])),
        ("unk_map.dat", ints(&[1, 0, 2, 0])),
        ("unk_char.dat", vec![1; 0x1_0000]),
        ("unk_invoke.dat", vec![]),
    ] {
        let small = Small::new("broken");
        small.put(name, &bytes);
        let error = small.error();
        // The tables of classes are checked against each other.
        assert!(
            error.contains(name) || name == "unk_invoke.dat",
            "{name}: {error}"
        );
    }
    let small = Small::new("lines");
    small.put("tid_pos.dat", b"without an end");
    assert!(small.error().contains("tid.dat"));
    std::fs::write(small.folder.join("tid.dat.gz"), b"no archive").unwrap();
    assert!(small.error().contains("tid.dat"));
    std::fs::remove_file(small.folder.join("base.dat.gz")).unwrap();
    small.put("tid.dat", &[]);
    assert!(!small.error().is_empty());
}

#[test]
fn any_bytes_are_read_without_harm() {
    let small = Small::new("any");
    let files = [
        "base.dat",
        "check.dat",
        "cc.dat",
        "tid.dat",
        "tid_map.dat",
        "tid_pos.dat",
        "unk.dat",
        "unk_map.dat",
        "unk_char.dat",
        "unk_invoke.dat",
    ];
    for name in files {
        for seed in 0..8_u32 {
            let whole = file::unpack(&small.folder, name).unwrap();
            let mut bytes = whole.clone();
            for step in 0..3_u32 {
                let at = (seed * 7_919 + step * 104_729) as usize % bytes.len();
                bytes[at] = bytes[at].wrapping_add((seed * 31 + step * 17 + 1) as u8);
            }
            bytes.truncate(bytes.len() - seed as usize % 3);
            small.put(name, &bytes);
            if let Ok(words) = Words::load(&small.folder) {
                let text = "abxabba漢字";
                let found: String = words.words(text).iter().map(|word| word.text).collect();
                assert_eq!(found, text);
            }
            small.put(name, &whole);
        }
    }
}
