// The header of a job, in 32-bit words, as all threads share it; assembly/index.ts reads it, too. The kernel's fields follow.

/** Chunks that nobody has taken yet; below 0 where threads found none. Who takes one of them may read the rest of the job until it is finished. */
export const LEFT = 0;
export const CHUNKS = 1;
export const KERNEL = 2;
/** Chunks that are done. */
export const FINISHED = 3;
/** Counts the jobs: where it changes, there may be work. */
export const ROUND = 4;
/** 1 where a kernel failed. */
export const FAILED = 5;

export const HEADER_WORDS = 8;
