//! Asking for memory before it is needed.
//!
//! `unsafe` stands here alone in this crate: the instruction takes a pointer.

/// Has the cache line with `slice[index]` fetched, if there is such an element and the machine can. Nothing
/// else happens; a place that will not be read in the end costs next to nothing.
#[inline]
pub(crate) fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = slice.get(index) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the pointer is that of an element; besides, prefetching reads nothing and never faults.
        #[expect(unsafe_code, reason = "the instruction takes a pointer")]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}
