import fc from 'fast-check';

/**
 * Property tests see the same cases in every run, so that a green suite stays green; another seed (any whole number, in
 * BLOCKSMITH_TEST_SEED) looks elsewhere.
 */
fc.configureGlobal({ seed: Number(process.env.BLOCKSMITH_TEST_SEED ?? 20_090_103) });
