//! ONNX Runtime, a shared library that is loaded when the first model needs it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::ep::CPU;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;

use crate::error::InferenceError;

/// One environment exists per process, kept for good: a second can't be made after the first is gone.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// Threads of one run. More than two take the cores from the rooms that are speaking.
const THREADS: usize = 2;

/// Loads `library` unless one is loaded already. The first one stays for the life of the process.
fn environment(model: &'static str, library: &Path) -> Result<Environment, InferenceError> {
    let mut slot = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = slot.as_ref() {
        return Ok(environment.clone());
    }
    // Any call of the bindings without a library panics, so nothing may come before this.
    let environment = ort::init_from(library)
        .map_err(|error| InferenceError::load(model, error))?
        .with_name("troupe")
        .with_telemetry(false)
        .build()
        .map_err(|error| InferenceError::load(model, error))?;
    *slot = Some(environment.clone());
    Ok(environment)
}

/// Opens a model file on at most two threads that sleep, rather than spin, between runs.
pub(crate) fn session(model: &'static str, library: &Path, file: &Path) -> Result<Session, InferenceError> {
    let environment = environment(model, library)?;
    let open = || -> ort::Result<Session> {
        Session::builder(&environment)?
            .with_intra_threads(THREADS)?
            .with_inter_threads(1)?
            .with_intra_op_spinning(false)?
            .with_inter_op_spinning(false)?
            // Utterances differ in length, and what the longest one took would be kept for good.
            .with_memory_pattern(false)?
            .with_execution_providers([CPU::default().with_arena_allocator(false).build()])?
            .with_optimization_level(GraphOptimizationLevel::Level3)?
            .commit_from_file(file)
    };
    open().map_err(|error| InferenceError::load(model, error))
}
