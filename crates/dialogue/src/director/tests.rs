use super::*;

fn cast(names: &[&[&str]]) -> Director {
    let mut director = Director::new(1);
    for names in names {
        let id = names[0].to_lowercase().as_str().into();
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        director.add(CastMember::new(id, names, 0.5));
    }
    for person in ["Ann", "Ben"] {
        director.add_person(person.to_lowercase().as_str().into(), vec![person.to_owned()]);
    }
    director
}

fn ids(names: &[&str]) -> Answers {
    Answers::Characters(names.iter().map(|name| (*name).into()).collect())
}

fn at(s: u64) -> Time {
    Time::after_start(std::time::Duration::from_secs(s))
}

fn answer(director: &mut Director, s: u64, person: &str, words: &str) -> Answers {
    director.answers(at(s), &person.into(), words, &Tuning::default())
}

fn check(director: &mut Director, words: &str, expect: &[&str]) {
    assert_eq!(answer(director, 0, "ann", words), ids(expect), "{words:?}");
}

#[test]
fn whoever_is_named_answers() {
    let mut director = cast(&[&["Ada"], &["Boris", "Bo"], &["Mary Ann"]]);
    check(&mut director, "Boris, is it raining?", &["boris"]);
    check(&mut director, "what about you bo", &["boris"]);
    check(&mut director, "Ask Mary Ann, not Ada.", &["mary ann"]);
    check(&mut director, "The ADA thing", &["ada"]);
    check(&mut director, "Ada and Boris, what now?", &["ada", "boris"]);
}

#[test]
fn otherwise_they_take_turns() {
    let mut director = cast(&[&["Ada"], &["Boris"]]);
    check(&mut director, "Hello?", &["ada"]);
    director.spoke(&"ada".into());
    check(&mut director, "Hello?", &["boris"]);
    director.spoke(&"boris".into());
    check(&mut director, "Hello?", &["ada"]);
}

#[test]
fn a_follow_up_goes_to_whoever_has_just_spoken() {
    let mut director = cast(&[&["Ada"], &["Boris"]]);
    director.spoke(&"ada".into());
    check(&mut director, "Why is that?", &["ada"]);
    check(&mut director, "Is that what you saw?", &["ada"]);
    check(&mut director, "I will take the train tomorrow then.", &["boris"]);
}

#[test]
fn all_of_them_answer_when_all_are_asked() {
    let mut director = cast(&[&["Ada"], &["Boris"], &["Cleo"]]);
    director.spoke(&"ada".into());
    check(&mut director, "What do you all think?", &["boris", "cleo", "ada"]);
}

#[test]
fn people_who_speak_with_each_other_are_left_alone() {
    let mut director = cast(&[&["Ada"]]);
    assert_eq!(
        answer(&mut director, 0, "ann", "Ben, did you lock the door?"),
        Answers::AnotherPerson
    );
    assert_eq!(
        answer(&mut director, 3, "ben", "I think so."),
        Answers::AnotherPerson
    );
    assert_eq!(
        answer(&mut director, 5, "ann", "And the window?"),
        Answers::AnotherPerson
    );
    assert_eq!(
        answer(&mut director, 8, "ben", "Ada, is the window shut?"),
        ids(&["ada"])
    );
    assert_eq!(
        answer(&mut director, 9, "ben", "It is cold in here."),
        ids(&["ada"])
    );
}

#[test]
fn side_talk_ends_by_itself() {
    let mut director = cast(&[&["Ada"]]);
    assert_eq!(
        answer(&mut director, 0, "ann", "Ben, you first."),
        Answers::AnotherPerson
    );
    assert_eq!(
        answer(&mut director, 60, "ann", "It is cold in here."),
        ids(&["ada"])
    );
}

#[test]
fn the_talkative_speak_more_often() {
    let mut director = cast(&[&["Ada"], &["Boris"]]);
    let quiet = CastMember::new("boris".into(), vec!["Boris".into()], 0.1);
    director.add(quiet);
    let mut turns = 0;
    for _ in 0..200 {
        let Answers::Characters(ids) = answer(&mut director, 0, "ann", "It is a fine day for a walk.") else {
            unreachable!("somebody answers")
        };
        turns += u32::from(ids[0].as_str() == "boris");
        director.spoke(&ids[0]);
    }
    assert!((5..60).contains(&turns), "{turns}");
}

#[test]
fn nobody_answers_itself() {
    let mut director = cast(&[&["Ada"]]);
    assert_eq!(director.goes_on(Some(&"ada".into()), "I am Ada."), None);
    let mut director = cast(&[&["Ada"], &["Boris"], &["Cleo"]]);
    assert_eq!(
        director.goes_on(Some(&"ada".into()), "I, Ada, ask Cleo."),
        Some("cleo".into())
    );
}

#[test]
fn the_lead_opens() {
    let mut director = cast(&[&["Ada"], &["Boris"]]);
    let mut lead = CastMember::new("cleo".into(), vec!["Cleo".into()], 0.0);
    lead.role = SceneRole::Lead;
    director.add(lead);
    assert_eq!(director.opens(), Some("cleo".into()));
}

#[test]
fn without_characters_nobody_answers() {
    let mut director = cast(&[]);
    assert_eq!(answer(&mut director, 0, "ann", "Hello?"), Answers::Nobody);
}
