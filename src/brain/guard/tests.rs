//! Answers as models gave them, whole and in every piece size.

use super::*;

fn rules() -> Rules {
    Rules {
        own_names: vec!["Ada".into(), "Ada Finch".into()],
        other_names: vec!["Boris".into(), "Ann Lee".into()],
        said_before: vec![
            "The lamp has been lit since dusk, Boris.".into(),
            "Good morning.".into(),
        ],
        ..Rules::default()
    }
}

/// What is spoken of `answer` and how it ends, the same for every size of the pieces.
fn guarded(rules: &Rules, answer: &str) -> (String, End) {
    let characters: Vec<char> = answer.chars().collect();
    let run = |size: usize| {
        let (mut guard, mut spoken) = (Guard::new(rules), String::new());
        for piece in characters.chunks(size) {
            let step = guard.push(&piece.iter().collect::<String>());
            spoken.push_str(&step.text);
            if let Some(end) = step.end {
                return (spoken, end);
            }
        }
        let step = guard.finish();
        spoken.push_str(&step.text);
        (spoken, step.end.unwrap_or(End::Whole))
    };
    let whole = run(characters.len().max(1));
    for size in 1..8 {
        assert_eq!(run(size), whole, "{answer:?} in pieces of {size}");
    }
    whole
}

fn check(answer: &str, spoken: &str, drift: Option<Drift>) {
    check_with(&rules(), answer, spoken, drift);
}

fn check_with(rules: &Rules, answer: &str, spoken: &str, drift: Option<Drift>) {
    let (text, end) = guarded(rules, answer);
    assert_eq!(
        (text.trim_end(), end),
        (spoken, drift.map_or(End::Whole, End::Drifted)),
        "{answer:?}"
    );
}

#[test]
fn plain_speech_is_left_alone() {
    for text in [
        "Not before noon. I'm tired, and as a rule I don't rush.",
        "Well… it's 9.5 miles; \"quite far\", she said. Isn't it?",
        "I am what I am. No, no, no! As an aside (which was my uncle's), I was trained well.",
        "Ann Lee, have you met Boris? He bakes.",
        "Das weiß ich nicht. Ça va ? ¿Qué tal?",
        "時計は十分進んでいます。",
        "3 o'clock. 12 bells - half past, more or less.",
        "You asked about artificial intelligence; a language model is a parrot with a library.",
    ] {
        check(text, text, None);
    }
}

#[test]
fn talk_about_being_a_model_is_never_spoken() {
    check(
        "As an AI language model, I don't have feelings.",
        "",
        Some(Drift::Assistant),
    );
    check("I'm just a language model.", "", Some(Drift::Assistant));
    check(
        "I\u{2019}m Qwen, created by Alibaba Cloud.",
        "",
        Some(Drift::Assistant),
    );
    check("Als KI habe ich keine Meinung.", "", Some(Drift::Assistant));
    check("En tant qu'IA, je ne sais pas.", "", Some(Drift::Assistant));
    check("Soy una IA.", "", Some(Drift::Assistant));
    check("Hello, I am an AI", "Hello,", Some(Drift::Assistant));
    check(
        "I'm sorry, but I can't assist with that.",
        "I'm sorry, but I",
        Some(Drift::Assistant),
    );
    check(
        "Hello! How can I assist you today?",
        "Hello!",
        Some(Drift::Assistant),
    );
    check("Certainly! Let me explain.", "Certainly! Let me explain.", None);
    check("Certainly, let me explain", "", Some(Drift::Assistant));
}

#[test]
fn who_asks_sincerely_hears_the_truth() {
    let rules = Rules {
        truth_asked: true,
        ..rules()
    };
    check_with(&rules, "Yes, I am an AI, dear.", "Yes, I am an AI, dear.", None);
    check_with(&rules, "No. I'm a human being.", "No.", Some(Drift::Denial));
    check_with(&rules, "I am not an AI.", "", Some(Drift::Denial));
}

#[test]
fn markup_is_taken_out() {
    check("**Fine.** I *really* mean `it`.", "Fine. I really mean it.", None);
    check("*Really*, Ann?", "Really, Ann?", None);
    check("# Title\nText", "Title Text", None);
    check("<think>I am an AI. Ada: hm</think>\n\nMorning.", "Morning.", None);
    check("Lovely 😀 day ☀️!", "Lovely day !", None);
    check("a_b ~ {c}", "a b c", None);
    check("Hello there.<|im_end|>", "Hello there.", None);
}

#[test]
fn stage_directions_are_taken_out() {
    check("*smiles warmly* Morning, Ann.", "Morning, Ann.", None);
    check("(laughs) Morning.", "Morning.", None);
    check("Morning (chuckles softly), Ann.", "Morning , Ann.", None);
    check("[pauses] Well. [end", "Well.", None);
    check("Well. (The old clock ticks.) Yes.", "Well. Yes.", None);
}

#[test]
fn code_and_long_lists_end_the_answer() {
    check("```python\nprint()\n```", "", Some(Drift::Code));
    check("Look: ```x```", "Look:", Some(Drift::Code));
    check("- tea\n- milk", "tea milk", None);
    check("1. a\n2. b\n3. c\n4. d", "a b c", Some(Drift::List));
    check("2.5 miles", "2.5 miles", None);
}

#[test]
fn nobody_else_is_spoken_for() {
    check("Ada: Morning.", "Morning.", None);
    check("**Ada Finch:** Morning.", "Morning.", None);
    check("Boris: Morning.", "", Some(Drift::OtherSpeaker));
    check("Morning.\nBoris: Hi.", "Morning.", Some(Drift::OtherSpeaker));
    check("Morning. Ann Lee: Hi.", "Morning.", Some(Drift::OtherSpeaker));
    check("I'm Boris, the baker.", "", Some(Drift::OtherSpeaker));
    check("Assistant: Morning.", "Morning.", None);
    check("User: Morning.", "", Some(Drift::OtherSpeaker));
    check("Boris is late.", "Boris is late.", None);
}

#[test]
fn repetition_ends_the_answer() {
    check(
        "The lamp has been lit since dusk, Boris.",
        "",
        Some(Drift::Repetition),
    );
    check("The lamp has been moved.", "The lamp has been moved.", None);
    check("Good morning.", "Good morning.", None);
    let circle = "I like the sea very much. ".repeat(9);
    check(
        &circle,
        "I like the sea very much. I like the sea very",
        Some(Drift::Repetition),
    );
}

#[test]
fn an_answer_of_one_line_ends_with_it() {
    let rules = Rules {
        one_line: true,
        ..rules()
    };
    check_with(&rules, "\nMorning.\n\nAnything else", "Morning.", None);
}

#[test]
fn nothing_is_a_drift() {
    for text in ["", "\n", "*smiles*", "😀", "```"] {
        let (spoken, end) = guarded(&rules(), text);
        assert!(
            spoken.trim().is_empty() && matches!(end, End::Drifted(_)),
            "{text:?}: {spoken:?} {end:?}"
        );
    }
}

#[test]
fn little_is_held_back() {
    let mut guard = Guard::new(&rules());
    let spoken: Vec<String> = ["Not", " before", " noon", ", I", " am", " tired", "."]
        .map(|piece| guard.push(piece).text)
        .to_vec();
    assert_eq!(spoken, ["", "Not ", "before ", "noon, ", "", "", "I am tired."]);
}

#[test]
fn nothing_comes_after_the_end() {
    let mut guard = Guard::new(&rules());
    assert_eq!(
        guard.push("Boris: a").end,
        Some(End::Drifted(Drift::OtherSpeaker))
    );
    assert_eq!(
        guard.push(" b. "),
        Step {
            text: String::new(),
            end: Some(End::Drifted(Drift::OtherSpeaker))
        }
    );
    assert_eq!(
        guard.finish(),
        Step {
            text: String::new(),
            end: Some(End::Drifted(Drift::OtherSpeaker))
        }
    );
}
