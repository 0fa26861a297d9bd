//! Passes to pages.

use troupe::rooms::pass::MadePass;

use super::setup::secret;

on_both! {
    async fn a_pass_opens_once_and_is_forgotten_when_it_is_over(database) {
        let store = &database.store;
        let project = store.find_or_create_project("one").await.unwrap().id;
        let link = MadePass::link(&secret());
        store.insert_pass(&project, &link, 60_000).await.unwrap();
        let token = MadePass::token_for(&link.plain, &secret()).unwrap();
        assert!(store.pass(&link.id).await.unwrap().is_none(), "it was not opened yet");
        let wrong = secret().hash("pl_0000000000000000_x");
        assert!(store.open_pass(&wrong, &token, 60_000).await.unwrap().is_none());
        let until = store.open_pass(&link.hash, &token, 60_000).await.unwrap().unwrap();
        assert!(store.open_pass(&link.hash, &token, 60_000).await.unwrap().is_none(), "once");
        let (pass, now) = store.pass(&link.id).await.unwrap().unwrap();
        assert_eq!((pass.project_id.as_str(), pass.expires_at), (project.as_str(), until));
        assert!(pass.admits(&token.plain, &secret(), now));
        assert!(!pass.admits(&link.plain, &secret(), now));

        let late = MadePass::link(&secret());
        store.insert_pass(&project, &late, 0).await.unwrap();
        let token = MadePass::token_for(&late.plain, &secret()).unwrap();
        assert!(store.open_pass(&late.hash, &token, 60_000).await.unwrap().is_none(), "it has expired");
        database.alter("UPDATE page_passes SET expires_at = 1 WHERE token_hash IS NOT NULL", &[]).await;
        store.insert_pass(&project, &MadePass::link(&secret()), 60_000).await.unwrap();
        assert!(store.pass(&link.id).await.unwrap().is_none());
    }
}
