//! How many threads the model computes on.
//!
//! One, unless the operator says otherwise. The threads of a matrix product wait for each other in
//! busy loops: on cores that audio needs too, the second thread makes answers slower, not faster.
//!
//! candle reads [`THREADS_VARIABLE`] once, at the first product, and takes every core without it.
//! A process can't change its own environment safely, so [`ensure_threads`] starts the program
//! over with the variable set.

use std::io;

/// The environment variable that candle takes its number of threads from.
pub const THREADS_VARIABLE: &str = "CANDLE_NUM_THREADS";
/// Threads where the operator says nothing.
pub const THREADS_DEFAULT: usize = 1;

/// Makes sure that the model will compute on `threads` threads, unless the environment already says
/// how many: replaces the program by itself, with the same arguments and process id. To be called
/// first in `main`, before anything is opened.
///
/// # Errors
/// What the system says when the program can't be started over; it may go on, on all cores.
#[cfg(unix)]
pub fn ensure_threads(threads: usize) -> io::Result<()> {
    use std::os::unix::process::CommandExt;

    if std::env::var_os(THREADS_VARIABLE).is_some() {
        return Ok(());
    }
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let error = std::process::Command::new(std::env::current_exe()?)
        .arg0(name)
        .args(arguments)
        .env(THREADS_VARIABLE, threads.max(1).to_string())
        .exec();
    Err(error)
}

/// Does nothing: a program can't replace itself on this system. Set [`THREADS_VARIABLE`] instead.
#[cfg(not(unix))]
pub fn ensure_threads(_threads: usize) -> io::Result<()> {
    Ok(())
}

/// Threads that the matrix products use: from [`THREADS_VARIABLE`], or all cores without it. The
/// first call settles the number.
pub(super) fn threads() -> usize {
    candle_core::utils::barrier_pool().n_workers() + 1
}

/// A pool as wide for everything between the products. Without one candle would take the pool of
/// the whole process, which is as wide as the machine.
pub(super) fn pool() -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads())
        .thread_name(|index| format!("llm-{index}"))
        .build()
}
