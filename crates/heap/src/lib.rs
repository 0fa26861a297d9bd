//! Memory that the allocator holds and nobody uses, given back to the system.
//!
//! glibc keeps what is freed for the next time, in an arena for each few threads, and shrinks an arena from its end
//! alone: one block that stays keeps all below it. A worker whose rooms were over held twice what it used.

#![expect(unsafe_code, reason = "the allocator is C")]

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
