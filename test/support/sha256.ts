import type { Sha256Backend } from '../../src/crypto/sha256/backend.js';
import { loadSha256, type Sha256Choice } from '../../src/crypto/sha256.js';

const CHOICES: readonly Sha256Choice[] = ['simd', 'scalar'];

/** Every hashing backend that runs on this machine, with its name in the settings; the scalar one always does. */
export const sha256Backends: readonly (readonly [Sha256Choice, Sha256Backend])[] = CHOICES.flatMap(choice => {
  const backend = loadSha256(choice);
  return backend === undefined ? [] : [[choice, backend] as const];
});
