import { describe, expect, it } from 'vitest';
import { MAX_BLOCK_WEIGHT } from '../../../src/consensus/limits.js';
import * as limits from '../../../src/script/limits.js';
import { MAX_STANDARD_TX_WEIGHT, MIN_STANDARD_TX_NONWITNESS_SIZE } from '../../../src/script/relay-limits.js';

describe('limits of scripts', () => {
  it('are those of consensus, written again here', () => {
    expect(limits).toMatchObject({
      MAX_SCRIPT_ELEMENT_SIZE: 520,
      MAX_OPS_PER_SCRIPT: 201,
      MAX_PUBKEYS_PER_MULTISIG: 20,
      MAX_SCRIPT_SIZE: 10_000,
      MAX_STACK_SIZE: 1000,
      LOCKTIME_THRESHOLD: 500_000_000,
      VALIDATION_WEIGHT_PER_SIGOP_PASSED: 50,
      VALIDATION_WEIGHT_OFFSET: 50,
      TAPROOT_CONTROL_MAX_SIZE: 33 + 32 * 128,
    });
  });
});

describe('limits of relay', () => {
  it('give a transaction a tenth of a block at most', () => {
    expect(MAX_STANDARD_TX_WEIGHT).toBe(MAX_BLOCK_WEIGHT / 10);
  });

  it('make it longer than two hashes, which an inner node of a merkle tree consists of', () => {
    expect(MIN_STANDARD_TX_NONWITNESS_SIZE).toBe(2 * 32 + 1);
  });
});
