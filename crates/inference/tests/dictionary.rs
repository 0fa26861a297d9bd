//! What the dictionary makes of whole sentences.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use troupe_inference::tts::Dictionary;

mod store;

#[test]
fn text_becomes_sounds() {
    let dictionary = Dictionary::load(&store::model("dictionary")).unwrap();
    for (text, expected) in [
        ("Hello, how are you today?", "həlˈO, hˌW ɑɹ ju tədˈA?"),
        (
            "Kaelyn's WiFi cost $3.50 at 10:30.",
            "kˈAlɪnz wˈifˈi kˈɔst θɹˈi dˈɑləɹz ænd fˈɪfti sˈɛnts æt tˈɛn θˈɜɹTi.",
        ),
        ("I use it; the use of it.", "ˌI jˈuz ɪt; ðə jˈus ʌv ɪt."),
        ("Mr. Smith was in the U.S.A.", "mˈɪstəɹ smˈɪθ wʌz ɪn ðə jˌuˌɛsˈA"),
        (
            "The apple and the pear: to eat, to go.",
            "ði ˈæpᵊl ænd ðə pˈɛɹ: tʊ ˈit, tə ɡˌO.",
        ),
        (
            "We used to live near the live music.",
            "wˌi jˈust tə lˈɪv nˌɪɹ ðə lˈIv mjˈuzɪk.",
        ),
        (
            "Rock & roll, 50% off (today)!",
            "ɹˈɑk ænd ɹˈOl, fˈɪfti pəɹsˈɛnt ˈɔf (tədˈA)!",
        ),
        ("Come in — close the door.", "kˈʌm ˈɪn — klˈOz ðə dˈɔɹ."),
        (
            "NASA and the FBI don't use PDFs.",
            "nˈæsə ænd ði ˌɛfbˌiˈI dˈOnt jˈuz pˌidˌiˈɛfs.",
        ),
    ] {
        assert_eq!(dictionary.read(text), expected, "{text}");
    }
}

#[test]
fn where_there_is_nothing_to_say_nothing_is_said() {
    let dictionary = Dictionary::load(&store::model("dictionary")).unwrap();
    for text in ["", " ", "...", "你好", "🙂!", "—", "$", "-", "'"] {
        assert_eq!(dictionary.read(text), "", "{text}");
    }
}

#[test]
fn a_folder_without_it_is_named() {
    let folder = std::env::temp_dir().join("no-dictionary-here");
    let error = Dictionary::load(&folder).err().unwrap().to_string();
    assert!(error.contains("us_gold.json"), "{error}");
}
