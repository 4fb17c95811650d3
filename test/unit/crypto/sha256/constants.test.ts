import { describe, expect, it } from 'vitest';
import { INITIAL_STATE, ROUND_CONSTANTS } from '../../../../src/crypto/sha256/constants.js';

/** Hex as FIPS 180-4 prints the constants. */
const hex = (words: readonly number[]) =>
  words.map(word => (word >>> 0).toString(16).padStart(8, '0')).join(' ');

describe("SHA-256's constants", () => {
  it('are those printed in FIPS 180-4', () => {
    expect(hex(INITIAL_STATE)).toBe(
      '6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19',
    );
    expect(ROUND_CONSTANTS.length).toBe(64);
    expect(hex(ROUND_CONSTANTS.slice(0, 8))).toBe(
      '428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5',
    );
    expect(hex(ROUND_CONSTANTS.slice(-8))).toBe(
      '748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2',
    );
  });
});
