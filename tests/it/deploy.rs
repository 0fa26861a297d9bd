//! What is shipped for Kubernetes and Grafana: it fits the schemas of Kubernetes, asks for no rights, and shows figures
//! that exist.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::python_with;

/// Checks objects against the schemas of the Kubernetes API, which it brings along.
const VALIDATOR: [&str; 1] = ["kubernetes-validate==1.37.0"];
/// The oldest version of Kubernetes that the objects are for.
const OLDEST: &str = "1.31";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The objects; the kustomization is read by clients alone and has no schema there.
fn manifests() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("deploy/kubernetes")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| !file.ends_with("kustomization.yaml"));
    files.sort();
    files
}

#[tokio::test]
async fn every_object_fits_the_schemas_of_kubernetes() {
    let program = python_with(&VALIDATOR)
        .await
        .with_file_name("kubernetes-validate");
    let files = manifests();
    assert!(files.len() >= 5);
    for version in [&["-k", OLDEST][..], &[]] {
        let output = Command::new(&program)
            .args(version)
            .arg("--strict")
            .args(&files)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(output.status.success(), "{told}");
        assert!(!told.contains("WARN"), "an object without a schema: {told}");
    }
}

#[test]
fn the_kustomization_names_every_file() {
    let text = std::fs::read_to_string(root().join("deploy/kubernetes/kustomization.yaml")).unwrap();
    for file in manifests() {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            text.contains(&format!("- {name}\n")),
            "{name} is applied by nobody"
        );
    }
}

#[test]
fn no_pod_asks_for_rights() {
    for name in ["api.yaml", "worker.yaml"] {
        let text = std::fs::read_to_string(root().join("deploy/kubernetes").join(name)).unwrap();
        for line in [
            "runAsNonRoot: true",
            "readOnlyRootFilesystem: true",
            "allowPrivilegeEscalation: false",
            "drop: [\"ALL\"]",
            "automountServiceAccountToken: false",
        ] {
            assert!(text.contains(line), "{name} lacks {line}");
        }
    }
}

#[test]
fn the_dashboard_shows_figures_that_exist() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let told = [
        "src/worker/metrics.rs",
        "src/api/metrics.rs",
        "src/metrics/process.rs",
    ]
    .map(read);
    let dashboard = read("deploy/grafana/troupe.json");
    let board: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut names = 0;
    for target in targets {
        let words = target["expr"]
            .as_str()
            .unwrap()
            .split(|c: char| !c.is_alphanumeric() && c != '_');
        for word in words.filter(|word| {
            ["troupe_", "lk_", "process_"]
                .iter()
                .any(|own| word.starts_with(own))
        }) {
            let base = ["_bucket", "_total", "_seconds"]
                .iter()
                .fold(word, |word, suffix| word.strip_suffix(suffix).unwrap_or(word));
            let is_told = |name: &str| told.iter().any(|text| text.contains(&format!("\"{name}\"")));
            assert!(
                is_told(base) || is_told(&format!("{base}_seconds")) || is_told(word),
                "nobody tells {word}"
            );
            names += 1;
        }
    }
    assert!(names > 20);
}
