//! What is made of Japanese text, with the dictionary and without.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use troupe_inference::tts::{Dictionary, Japanese};

mod store;

fn english() -> Arc<Dictionary> {
    Arc::new(Dictionary::load(&store::model("dictionary")).unwrap())
}

#[test]
fn text_becomes_sounds() {
    let japanese = Japanese::load(&store::model("japanese"), english()).unwrap();
    for (text, expected) in [
        ("今日は学校へ行きました。", "kʲoː βa ɡaʔkoː e ikʲi maɕita."),
        (
            "こんにちは、私の名前は花です。",
            "koɲɲiʨiβa, βataɕi no namae βa hana desɨ.",
        ),
        ("四時に駅で会いましょう。", "joʥi ɲi ekʲi de ai maɕoː."),
        ("一人で東京に住んでいる。", "çitoɾʲi de toːkʲoː ɲi sɨnde iɾɯ."),
        (
            "日本語を話すことができますか？",
            "ɲihoŋɡo o hanasɨ koto ɡa dekʲi masɨ ka?",
        ),
        ("明日の天気は晴れでしょう。", "aɕita no teŋkʲi βa haɾe deɕoː."),
        (
            "お父さんとお母さんは元気です。",
            "otoːsaɴ to okaːsaɴ βa ɡeŋkʲi desɨ.",
        ),
        (
            "鉛筆を３本と、コーヒーを二杯ください！",
            "empʲiʦɨ o samboɴ to, koːçiː o ɲihai kɯdasai!",
        ),
        (
            "2026年11月26日、午後3時15分です。",
            "ɲiseɲɲiʥɨːɾokɯneɴ ʥɨːiʨiɡaʦɨ ɲiʥɨːɾokɯɲiʨi, ɡoɡo saɲʥi ʥɨːɡoɸɯɴ desɨ.",
        ),
        ("彼は「大丈夫」と言った。", "kaɾe βa “daiʥoːbɯ” to iʔta."),
        ("うれしい…ありがとうございます。", "ɯɾeɕii… aɾʲiɡatoː ɡoʣai masɨ."),
        (
            "AIとスマートフォンのappを使う。",
            "eːai to sɨmaːto ɸoɴ no aʔpɯ o ʦɨkaɯ.",
        ),
        ("彼女は十分な時間がない。", "kanoʥo βa ʥɨːbɯɴ na ʥikaɴ ɡa nai."),
        ("人々は時々笑う。", "çitobʲito βa tokʲidokʲi βaɾaɯ."),
        (
            "三百五十円の切手を六枚買った。",
            "sambʲakɯɡoʥɨːeɴ no kʲiʔte o ɾokɯmai kaʔta.",
        ),
        ("ちょっと待って、すぐ行くよ〜！", "ʨoʔto maʔte, sɨɡɯ ikɯ joː!"),
    ] {
        assert_eq!(japanese.read(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn where_there_is_nothing_to_say_nothing_is_said() {
    let japanese = Japanese::load(&store::model("japanese"), english()).unwrap();
    for text in ["", " ", "。", "…！", "「」", "🙂", "ー"] {
        assert_eq!(japanese.read(text).unwrap(), "", "{text}");
    }
}

#[test]
fn kana_need_no_dictionary() {
    let japanese = Japanese::of_kana(english());
    for (text, expected) in [
        ("ありがとう、またね！", "aɾʲiɡatoɯ, matane!"),
        ("コーヒー ３つ", "koːçiː mʲiʔʦɨ"),
        ("ＮＨＫ", "enɯeiʨikeː"),
    ] {
        assert_eq!(japanese.read(text).unwrap(), expected, "{text}");
    }
    let error = japanese.read("また明日").unwrap_err().to_string();
    assert!(
        error.contains("models pull japanese") && !error.contains('明'),
        "{error}"
    );
}

#[test]
fn a_folder_without_it_is_named() {
    let folder = std::env::temp_dir().join("no-japanese-here");
    let error = Japanese::load(&folder, english()).err().unwrap().to_string();
    assert!(error.contains("cc.dat.gz"), "{error}");
}
