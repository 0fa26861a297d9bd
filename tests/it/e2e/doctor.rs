//! What the doctor says beside a stack that runs.

use serde_json::Value;

use super::harness::Stack;

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_beside_a_stack_that_runs() {
    let stack = Stack::start().await;
    let created = stack
        .beside()
        .unwrap()
        .args(["keys", "create", "--project", "clinic", "--kind", "worker"])
        .output()
        .await
        .unwrap();
    let key = String::from_utf8(created.stdout).unwrap();
    let doctor = stack
        .beside()
        .unwrap()
        .args(["doctor", "--json", "--key", key.trim()])
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(doctor.stdout).unwrap();
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for check in [
        "livekit", "clock", "database", "api", "models", "files", "memory", "cache",
    ] {
        let of_it = lines.iter().filter(|line| line["check"] == check);
        assert!(of_it.clone().count() > 0, "{check} is looked at: {told}");
        assert!(
            of_it.clone().all(|line| line["state"] != "broken"),
            "{check}: {told}"
        );
    }
    assert_eq!(doctor.status.code(), Some(0), "{told}");
    assert_eq!(lines.last().unwrap()["broken"], 0);
    assert!(
        !told.contains("secret") && !told.contains(key.trim()),
        "no secret is shown"
    );
}
