//! Answers kept for a repeated `Idempotency-Key`.

use troupe::rooms::store::Answer;

fn answer(sealed: &str) -> Answer {
    Answer {
        body_hash: vec![1, 0, 255],
        status: 201,
        sealed: sealed.as_bytes().to_vec(),
    }
}

on_both! {
    async fn the_first_answer_stays(database) {
        let store = &database.store;
        assert_eq!(store.answer("scope", b"key").await.unwrap(), None);
        store.keep_answer("scope", b"key", &answer("first")).await.unwrap();
        store.keep_answer("scope", b"key", &answer("second")).await.unwrap();
        assert_eq!(store.answer("scope", b"key").await.unwrap(), Some(answer("first")));
        assert_eq!(store.answer("other", b"key").await.unwrap(), None);
        assert_eq!(store.answer("scope", b"kex").await.unwrap(), None);
    }

    async fn old_answers_are_forgotten(database) {
        let store = &database.store;
        let before = store.now().await.unwrap();
        store.keep_answer("scope", b"key", &answer("first")).await.unwrap();
        store.forget_answers(before).await.unwrap();
        assert!(store.answer("scope", b"key").await.unwrap().is_some());
        let after = store.now().await.unwrap().plus_ms(1_000);
        store.forget_answers(after).await.unwrap();
        assert!(store.answer("scope", b"key").await.unwrap().is_none());
    }
}
