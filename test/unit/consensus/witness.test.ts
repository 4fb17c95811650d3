import { describe, expect, it } from 'vitest';
import {
  committedHash,
  makeWitnessCommitment,
  NO_WITNESS_COMMITMENT,
  witnessCommitmentHash,
  witnessCommitmentIndex,
  witnessMerkleRoot,
} from '../../../src/consensus/witness.js';
import { sha256d } from '../../../src/crypto/hash.js';
import { Block } from '../../../src/primitives/block.js';
import { concatBytes, toHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

function blockOf(...transactions: Transaction[]): Block {
  const header = { version: 1, prevHash: ZERO_HASH, merkleRoot: ZERO_HASH, time: 0, bits: 0, nonce: 0 };
  return Block.from(BlockHeader.from(header), transactions);
}

const ROOT = new Uint8Array(32).fill(5);
const COMMITMENT = makeWitnessCommitment(ROOT);

describe('the witness commitment (BIP141)', () => {
  it('is OP_RETURN, a push of 36 bytes, a mark and a hash', () => {
    expect(toHex(COMMITMENT).slice(0, 12)).toBe('6a24aa21a9ed');
    expect(COMMITMENT).toHaveLength(38);
    expect(Buffer.from(committedHash(COMMITMENT))).toEqual(witnessCommitmentHash(ROOT, ZERO_HASH));
    expect(witnessCommitmentHash(ROOT, ZERO_HASH)).toEqual(sha256d(concatBytes(ROOT, ZERO_HASH)));
  });

  it('is the last output of the coinbase that looks like one', () => {
    const index = (...scripts: Uint8Array[]) =>
      witnessCommitmentIndex(blockOf(coinbase({ outputs: scripts.map(script => output(0, script)) })));
    const other = Uint8Array.of(0x51);
    expect(index(other)).toBe(NO_WITNESS_COMMITMENT);
    expect(index(COMMITMENT, other)).toBe(0);
    expect(index(COMMITMENT, other, COMMITMENT, other)).toBe(2);
    expect(index(COMMITMENT.subarray(0, 37))).toBe(NO_WITNESS_COMMITMENT);
    expect(index(concatBytes(COMMITMENT, other))).toBe(0);
    const wrongMark = Uint8Array.from(COMMITMENT);
    wrongMark[5] = 0;
    expect(index(wrongMark)).toBe(NO_WITNESS_COMMITMENT);
    expect(witnessCommitmentIndex(blockOf())).toBe(NO_WITNESS_COMMITMENT);
  });

  it('is to the wtxids, with zero for the coinbase', () => {
    expect(witnessMerkleRoot(blockOf(coinbase()))).toEqual(ZERO_HASH);
    const tx = transaction({ inputs: [input({ witness: [Uint8Array.of(1)] })] });
    const pair = sha256d(concatBytes(ZERO_HASH, tx.wtxid));
    expect(witnessMerkleRoot(blockOf(coinbase(), tx))).toEqual(pair);
  });
});
