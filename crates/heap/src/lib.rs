//! Memory that the allocator holds and nobody uses, given back to the system.
//!
//! glibc keeps what is freed for the next time, in an arena for each few threads, and shrinks an arena from its end
//! alone: one block that stays keeps all below it. A worker whose rooms were over held twice what it used. Even when
//! every free page is given back, a page stays for each block in use on it, and blocks that stay are strewn over as
//! many pages as were ever in use; fewer arenas are a smaller field to strew them over.

#![expect(unsafe_code, reason = "the allocator is C")]

/// Cores that share an arena.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const CORES_PER_ARENA: usize = 4;

/// Has threads share arenas, where glibc would give each of two cores eight. To be called before the first thread
/// starts: threads keep the arenas that they have.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let arenas = cores.div_ceil(CORES_PER_ARENA).try_into().unwrap_or(i32::MAX);
        // SAFETY: `mallopt` takes numbers alone and may be called while there is one thread (mallopt(3)).
        // A refusal changes nothing.
        let _ = unsafe { libc::mallopt(libc::M_ARENA_MAX, arenas) };
    }
}

/// Gives back every whole page that nobody uses. Takes milliseconds, in which other threads may wait for an allocation;
/// does nothing where the allocator is another one than glibc's.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: `malloc_trim` has no precondition and may be called by any thread at any time (malloc_trim(3): MT-Safe).
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_in_use_stays() {
        let kept: Vec<Vec<u8>> = (0..1000).map(|size| vec![7; size]).collect();
        let freed: Vec<Vec<u8>> = (0..1000).map(|size| vec![8; size * 10]).collect();
        drop(freed);
        super::give_back();
        assert!(kept.iter().flatten().all(|byte| *byte == 7));
    }
}
