//! The Japanese dictionary: IPADIC 2.7.0 as the package `kuromoji` compiled it, still packed.

use super::catalogue::{File, Package, Piece, Registry, Source};

const KUROMOJI: Package = Package {
    registry: Registry::Npm,
    name: "kuromoji",
    version: "0.1.2",
    bytes: 21_834_991,
};

macro_rules! table {
    ($name:literal, $bytes:literal, $sha256:literal) => {
        File {
            name: concat!($name, ".dat.gz"),
            bytes: $bytes,
            sha256: $sha256,
            recipes: &[&[Piece {
                bytes: $bytes,
                source: Source::Package {
                    package: KUROMOJI,
                    member: concat!("package/dict/", $name, ".dat.gz"),
                },
            }]],
        }
    };
}

/// All files.
pub(super) const FILES: &[File] = &[
    table!(
        "base",
        3_956_825,
        "0803327762e1c93ca731e4319ab8343340f2806bb84941207782cde9d2d5a8eb"
    ),
    table!(
        "check",
        3_111_633,
        "193ae0035fff6fe812b58d9ee730e7a7d7ee601d918481ce51075c58114f6cc9"
    ),
    table!(
        "cc",
        1_692_067,
        "02b7631be0d4de3a1a75cd9f9cc51536e4f94c9e6b389b813e06ba0f6e7de765"
    ),
    table!(
        "tid",
        1_605_820,
        "d43d831cb6fb0f0a411739cd287a6d5e998e121a8daca614df14a81a0dcac586"
    ),
    table!(
        "tid_map",
        1_485_576,
        "33efd5ffd87a70f669add093fa39dee44341d58f940844ef107c8fd98bb795b2"
    ),
    table!(
        "tid_pos",
        5_916_009,
        "60dbfc99a6ab993f30c5dab648bec6ad7f9aaefa5c14e1843837d95e509f8895"
    ),
    table!(
        "unk",
        10_512,
        "f7f991cdeb9bfd3e9c0e4577cc50ee0815a11c508cccd444a9d3ab3c81521100"
    ),
    table!(
        "unk_map",
        1_190,
        "6df12460e5477230bb6fd9641def918b699fc0a8868016b6c9f794488630509b"
    ),
    table!(
        "unk_char",
        306,
        "9a8e86fd9aff32d323fbb59f5a7006f05927a11f8173c90712cc56293aeb3225"
    ),
    table!(
        "unk_invoke",
        1_140,
        "6b210889548457c3006913afd12c8b525562255f2709e404604be9614a25e94c"
    ),
];
