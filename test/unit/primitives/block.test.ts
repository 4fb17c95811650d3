import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { sha256d } from '../../../src/crypto/hash.js';
import { Block } from '../../../src/primitives/block.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../../src/primitives/codec.js';
import { BlockHeader, type HeaderFields } from '../../../src/primitives/header.js';
import { merkleRoot } from '../../../src/primitives/merkle.js';
import { coinbase, input, output, transaction } from '../../support/transactions.js';

const uint32 = fc.nat(0xffffffff);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

const fields: fc.Arbitrary<HeaderFields> = fc.record({
  version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  prevHash: hash,
  merkleRoot: hash,
  time: uint32,
  bits: uint32,
  nonce: uint32,
});

describe('a block header', () => {
  it('reads back as the fields it was made of', () => {
    fc.assert(
      fc.property(fields, given => {
        const { version, prevHash, merkleRoot: root, time, bits, nonce } = BlockHeader.from(given);
        expect({ version, prevHash: [...prevHash], merkleRoot: [...root], time, bits, nonce }).toEqual({
          ...given,
          prevHash: [...given.prevHash],
          merkleRoot: [...given.merkleRoot],
        });
      }),
    );
  });

  it('is 80 bytes, no more and no less', () => {
    expect(() => new BlockHeader(new Uint8Array(79))).toThrow(DecodeError);
    expect(() => new BlockHeader(new Uint8Array(81))).toThrow(DecodeError);
    expect(() => BlockHeader.read(new Reader(new Uint8Array(79)))).toThrow('unexpected end of data');
  });
});

describe('a block', () => {
  const witnessTx = transaction({ inputs: [input({ witness: [Uint8Array.of(1, 2, 3)] }, 2)] });
  const transactions = [coinbase(), transaction({ outputs: [output(5), output(6)] }), witnessTx];
  const header = BlockHeader.from({
    version: 4,
    prevHash: new Uint8Array(32),
    merkleRoot: merkleRoot(transactions.map(tx => tx.txid)).root,
    time: 1,
    bits: 0x207fffff,
    nonce: 7,
  });
  const block = Block.from(header, transactions);

  it('reads back as what it was made of', () => {
    const read = Block.parse(block.raw);
    expect(read.hash).toEqual(sha256d(header.raw));
    expect(read.transactions.map(tx => tx.wtxid)).toEqual(transactions.map(tx => tx.wtxid));
    expect(Buffer.from(Block.from(read.header, read.transactions).raw)).toEqual(Buffer.from(block.raw));
  });

  it('can be a genesis block', () => {
    const { genesis } = chainParams('main');
    expect(hashToHex(Block.parse(genesis.raw).hash)).toBe(
      '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    );
    expect(genesis.totalSize).toBe(285);
    expect(genesis.weight).toBe(4 * 285);
  });

  it('weighs its witness once and the rest four times', () => {
    const base = 80 + 1 + transactions.reduce((sum, tx) => sum + tx.baseSize, 0);
    expect(block.baseSize).toBe(base);
    expect(block.weight).toBe(3 * base + block.raw.length);
    const stripped = Block.parse(block.baseBytes());
    expect(stripped.totalSize).toBe(base);
    expect(stripped.transactions.map(tx => tx.txid)).toEqual(transactions.map(tx => tx.txid));
    expect(stripped.transactions.some(tx => tx.hasWitness)).toBe(false);
  });

  it('is refused when cut short anywhere, or followed by anything', () => {
    for (let length = 0; length < block.raw.length; length++) {
      expect(() => Block.parse(block.raw.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => Block.parse(Buffer.concat([block.raw, new Uint8Array(1)]))).toThrow(DecodeError);
  });

  it('is refused at once when it announces more transactions than fit', () => {
    expect(() => Block.parse(Buffer.concat([header.raw, Buffer.from('fe00000002', 'hex')]))).toThrow(
      'unexpected end of data',
    );
  });

  it('may have no transactions', () => {
    expect(Block.from(header, []).transactions).toEqual([]);
    expect(Block.from(header, []).merkle().root).toEqual(new Uint8Array(32));
  });
});
