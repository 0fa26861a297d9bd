//! Short lines for when a model fails: spoken instead of silence.

/// Why there is nothing better to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// What was said could not be understood.
    NotHeard,
    /// The language model failed.
    LostThread,
    /// The language model answered out of character, twice.
    Thinking,
    /// The character was asked what it is, and the model did not answer.
    Truth,
    /// Something that it has done takes long.
    Looking,
}

/// Lines of one language; `{name}` is the character's.
struct Lines {
    language: &'static str,
    not_heard: [&'static str; 2],
    lost_thread: [&'static str; 2],
    thinking: [&'static str; 3],
    truth: [&'static str; 1],
    looking: [&'static str; 2],
}

/// The first is for languages that have no lines.
const LINES: [Lines; 6] = [
    Lines {
        language: "en",
        not_heard: [
            "Sorry, I didn't catch that. Say it again?",
            "Sorry, say that once more?",
        ],
        lost_thread: [
            "Sorry, I lost my thread. Give me a moment.",
            "Forgive me, my mind went blank for a moment.",
        ],
        thinking: [
            "Hm. Let me think about that.",
            "That's a good one. Give me a second.",
            "Hm, I'm not sure yet.",
        ],
        truth: ["Yes, truly: I'm an AI, speaking as {name}."],
        looking: ["One moment please.", "Still looking."],
    },
    Lines {
        language: "de",
        not_heard: [
            "Das habe ich nicht verstanden. Noch einmal, bitte?",
            "Wie bitte? Sag das noch einmal.",
        ],
        lost_thread: [
            "Entschuldigung, ich habe den Faden verloren.",
            "Verzeihung, ich war kurz woanders.",
        ],
        thinking: [
            "Hm. Darüber muss ich nachdenken.",
            "Gute Frage. Einen Moment.",
            "Hm, da bin ich noch nicht sicher.",
        ],
        truth: ["Ja, ganz ehrlich: Ich bin eine KI und spreche als {name}."],
        looking: ["Einen Moment bitte.", "Ich bin noch dabei."],
    },
    Lines {
        language: "fr",
        not_heard: [
            "Pardon, je n'ai pas compris. Tu peux répéter ?",
            "Pardon, encore une fois ?",
        ],
        lost_thread: [
            "Pardon, j'ai perdu le fil. Un instant.",
            "Excusez-moi, j'ai eu un blanc.",
        ],
        thinking: [
            "Hm. Laisse-moi réfléchir.",
            "Bonne question. Un instant.",
            "Hm, je ne sais pas encore.",
        ],
        truth: ["Oui, sincèrement : je suis une IA, et je parle sous le nom de {name}."],
        looking: ["Un instant.", "Je regarde encore."],
    },
    Lines {
        language: "es",
        not_heard: [
            "Perdón, no lo he entendido. ¿Otra vez?",
            "Perdona, ¿puedes repetirlo?",
        ],
        lost_thread: [
            "Perdón, he perdido el hilo. Un momento.",
            "Disculpa, me he quedado en blanco.",
        ],
        thinking: [
            "Mm. Déjame pensarlo.",
            "Buena pregunta. Un segundo.",
            "Mm, todavía no lo sé.",
        ],
        truth: ["Sí, de verdad: soy una IA y hablo como {name}."],
        looking: ["Un momento por favor.", "Sigo mirando."],
    },
    Lines {
        language: "it",
        not_heard: ["Scusa, non ho capito. Puoi ripetere?", "Scusa, ancora una volta?"],
        lost_thread: [
            "Scusa, ho perso il filo. Un momento.",
            "Perdonami, un attimo di vuoto.",
        ],
        thinking: [
            "Mm. Fammici pensare.",
            "Bella domanda. Un attimo.",
            "Mm, non lo so ancora.",
        ],
        truth: ["Sì, davvero: sono un'IA e parlo come {name}."],
        looking: ["Un momento.", "Sto ancora guardando."],
    },
    Lines {
        language: "pt",
        not_heard: ["Desculpa, não percebi. Podes repetir?", "Desculpa, outra vez?"],
        lost_thread: ["Desculpa, perdi o fio à meada.", "Desculpa, deu-me uma branca."],
        thinking: [
            "Hum. Deixa-me pensar.",
            "Boa pergunta. Um segundo.",
            "Hum, ainda não sei.",
        ],
        truth: ["Sim, a sério: sou uma IA e falo como {name}."],
        looking: ["Um momento por favor.", "Ainda estou a ver."],
    },
];

/// A line for `occasion` in the language of a BCP 47 tag. `seed` varies it: who fails twice shouldn't say the same.
pub fn line(occasion: Occasion, language: &str, name: &str, seed: u64) -> String {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    let [english, ..] = &LINES;
    let lines = LINES
        .iter()
        .find(|lines| lines.language.eq_ignore_ascii_case(primary))
        .unwrap_or(english);
    let choices: &[&str] = match occasion {
        Occasion::NotHeard => &lines.not_heard,
        Occasion::LostThread => &lines.lost_thread,
        Occasion::Thinking => &lines.thinking,
        Occasion::Truth => &lines.truth,
        Occasion::Looking => &lines.looking,
    };
    let index = usize::try_from(seed % choices.len() as u64).unwrap_or(0);
    choices
        .get(index)
        .copied()
        .unwrap_or_default()
        .replace("{name}", name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_for_every_occasion_language_and_seed() {
        for occasion in [
            Occasion::NotHeard,
            Occasion::LostThread,
            Occasion::Thinking,
            Occasion::Truth,
            Occasion::Looking,
        ] {
            for language in ["en-GB", "de", "fr", "es", "it", "pt", "xx", ""] {
                for seed in [0, 1, u64::MAX] {
                    let line = line(occasion, language, "Ada", seed);
                    assert!(line.len() > 10 && !line.contains('{'), "{occasion:?} {language}");
                }
            }
        }
        assert_ne!(
            line(Occasion::Thinking, "en", "Ada", 0),
            line(Occasion::Thinking, "en", "Ada", 1)
        );
        assert!(line(Occasion::Truth, "de-AT", "Ada", 3).contains("KI"));
    }
}
