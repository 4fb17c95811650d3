import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkBlock,
  checkTransaction,
  DecodeError,
  idFromHex,
  idToHex,
  type ParsedInput,
  type ParsedOutPoint,
  type ParsedTransaction,
  parseBlock,
  parseTransaction,
  toHex,
  verifyBlockScripts,
  verifyInput,
} from '../../../src/library/index.js';
import { BLOCK_170, PAYMENT_170, PREVOUT_170, SIGNET_BLOCK_1 } from '../../support/known-blocks.js';

/** The one transaction of the first block of signet, which has a witness. */
const COINBASE = SIGNET_BLOCK_1.subarray(81);

describe('parseTransaction', () => {
  it('tells all that is in a transaction', () => {
    const tx = parseTransaction(PAYMENT_170);
    expect(idToHex(tx.txid)).toBe('f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16');
    expect(tx.wtxid).toEqual(tx.txid);
    expect(tx).toMatchObject({
      version: 1,
      lockTime: 0,
      isCoinbase: false,
      size: 275,
      strippedSize: 275,
      weight: 1100,
    });
    expect(toHex(tx.bytes)).toBe(PAYMENT_170.toString('hex'));
    expect(tx.inputs.map(({ prevout }) => [idToHex(prevout.txid), prevout.vout])).toEqual([
      ['0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9', 0],
    ]);
    expect(tx.inputs.map(({ sequence, witness }) => [sequence, witness])).toEqual([[0xffffffff, []]]);
    expect(tx.inputs.map(({ scriptSig }) => scriptSig.length)).toEqual([72]);
    expect(tx.outputs.map(({ value }) => value)).toEqual([1_000_000_000, 4_000_000_000]);
    expect(tx.outputs.map(({ script }) => toHex(script))[1]).toBe(toHex(PREVOUT_170.script));
  });

  it('tells the witness apart from the rest', () => {
    const tx = parseTransaction(COINBASE);
    expect(tx.isCoinbase).toBe(true);
    expect(tx.inputs.map(({ witness }) => witness)).toEqual([[new Uint8Array(32)]]);
    expect(tx.wtxid).not.toEqual(tx.txid);
    // Marker, flag, number of items, length and 32 bytes are of the witness.
    expect(tx.size - tx.strippedSize).toBe(36);
    expect(tx.weight).toBe(tx.strippedSize * 3 + tx.size);
  });

  it('gives amounts as written, in range or not', () => {
    const valuesOf = (hex: string) =>
      parseTransaction(
        Buffer.from(`0100000001${'aa'.repeat(32)}0000000000ffffffff01${hex}0000000000`, 'hex'),
      ).outputs.map(({ value }) => value);
    expect(valuesOf('ffffffffffffffff')).toEqual([-1]);
    expect(valuesOf('ffffffffffff1f00')).toEqual([2 ** 53 - 1]);
    expect(valuesOf('ffffffffffffff7f')).toEqual([2 ** 63]);
  });
});

/** All objects and arrays in a value, itself included; bytes are not looked into. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

/** All bytes in a value. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn) : [];
}

describe('what was parsed', () => {
  it('is frozen', () => {
    const objects = [parseBlock(BLOCK_170), parseTransaction(COINBASE)].flatMap(objectsIn);
    expect(objects.length).toBeGreaterThan(20);
    expect(objects.filter(object => !Object.isFrozen(object))).toEqual([]);
  });

  it('has plain bytes, in memory of its own', () => {
    const given = Buffer.from(BLOCK_170);
    const block = parseBlock(given);
    const before = JSON.stringify(block);
    given.fill(0);
    expect(JSON.stringify(block)).toBe(before);
    expect(bytesIn(block).every(bytes => Object.getPrototypeOf(bytes) === Uint8Array.prototype)).toBe(true);
  });
});

describe('parseBlock', () => {
  it('tells all that is in a block', () => {
    const block = parseBlock(BLOCK_170);
    expect(idToHex(block.hash)).toBe('00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee');
    expect(idToHex(block.prevHash)).toBe('000000002a22cfee1f2c846adbd12b3e183d4f97683f85dad08a79780a84bd55');
    expect(block.merkleRoot).toEqual(
      idFromHex('7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff'),
    );
    expect(block).toMatchObject({
      version: 1,
      time: 1231731025,
      bits: 0x1d00ffff,
      nonce: 1889418792,
      size: 490,
      strippedSize: 490,
      weight: 1960,
    });
    expect(toHex(block.bytes)).toBe(BLOCK_170.toString('hex'));
    expect(block.transactions).toHaveLength(2);
    expect(block.transactions[1]).toEqual(parseTransaction(PAYMENT_170));
  });
});

/** Everything that takes bytes, each with one kind of bytes. */
const READERS: readonly [name: string, whole: Uint8Array, read: (bytes: Uint8Array) => unknown][] = [
  ['parseTransaction', COINBASE, parseTransaction],
  ['checkTransaction', COINBASE, checkTransaction],
  [
    'verifyInput',
    PAYMENT_170,
    tx => verifyInput({ tx, inputIndex: 0, prevouts: [PREVOUT_170], flags: ['P2SH'] }),
  ],
  ['parseBlock', BLOCK_170, parseBlock],
  ['checkBlock', BLOCK_170, block => checkBlock({ block, network: 'main' })],
  [
    'verifyBlockScripts',
    BLOCK_170,
    block => verifyBlockScripts({ block, prevouts: [PREVOUT_170], flags: ['P2SH'] }),
  ],
];

describe.each(READERS)('%s refuses bytes that are', (_name, whole, read) => {
  it('cut short anywhere', () => {
    expect(() => read(whole)).not.toThrow();
    for (let length = 0; length < whole.length; length++) {
      expect(() => read(whole.subarray(0, length)), `${length} bytes`).toThrow(DecodeError);
    }
  });

  it('followed by others', () => {
    expect(() => read(Buffer.concat([whole, Uint8Array.of(0)]))).toThrow(DecodeError);
  });
});

/** A DecodeError, a verdict or a result: no other way out. Counts of prevouts cannot fit all that decodes. */
function answers(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    read(bytes);
  } catch (thrown) {
    if (thrown instanceof DecodeError) return true;
    return ['prevout-count', 'input-index'].includes((thrown as { code?: string }).code ?? '');
  }
  return true;
}

describe.each(READERS)('%s, on bytes with any changes,', (_name, whole, read) => {
  it('gives an answer or a DecodeError', () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), (at, end) => {
        const bytes = Uint8Array.from(whole);
        for (const [offset, byte] of at) bytes[offset] = byte;
        expect(answers(read, bytes)).toBe(true);
        expect(answers(read, bytes.subarray(0, end))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a transaction of many kinds', () => {
  const script = fc.uint8Array({ maxLength: 300 });
  const parts = fc.record({
    version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    inputs: fc.array(
      fc.record({
        txid: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        vout: fc.nat(2 ** 32 - 1),
        scriptSig: script,
        sequence: fc.nat(2 ** 32 - 1),
        witness: fc.array(script, { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    outputs: fc.array(fc.record({ value: fc.nat(21e14), script }), { maxLength: 4 }),
    lockTime: fc.nat(2 ** 32 - 1),
  });
  type Parts = Pick<ParsedTransaction, 'version' | 'lockTime' | 'outputs'> & {
    readonly inputs: readonly (Omit<ParsedInput, 'prevout'> & ParsedOutPoint)[];
  };

  /** Serialised by the rules of BIP144, with nothing of ours. */
  function serialize({ version, inputs, outputs, lockTime }: Parts): Buffer {
    const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
    const list = (items: readonly Uint8Array[]) => Buffer.concat([Buffer.of(items.length), ...items]);
    const bytes = (item: Uint8Array) =>
      item.length < 253
        ? Buffer.concat([Buffer.of(item.length), item])
        : Buffer.concat([Buffer.of(253, item.length % 256, item.length >> 8), item]);
    const amount = (value: number) => Buffer.from(BigInt64Array.of(BigInt(value)).buffer);
    const hasWitness = inputs.some(({ witness }) => witness.length > 0);
    return Buffer.concat([
      u32(version),
      hasWitness ? Buffer.of(0, 1) : Buffer.of(),
      list(
        inputs.map(({ txid, vout, scriptSig, sequence }) =>
          Buffer.concat([txid, u32(vout), bytes(scriptSig), u32(sequence)]),
        ),
      ),
      list(outputs.map(({ value, script: to }) => Buffer.concat([amount(value), bytes(to)]))),
      ...(hasWitness ? inputs.map(({ witness }) => list(witness.map(bytes))) : []),
      u32(lockTime),
    ]);
  }

  function partsOf({ version, inputs, outputs, lockTime }: ParsedTransaction): Parts {
    return {
      version,
      inputs: inputs.map(({ prevout, scriptSig, sequence, witness }) => ({
        ...prevout,
        scriptSig,
        sequence,
        witness,
      })),
      outputs,
      lockTime,
    };
  }

  it('comes apart into what it was made of', () => {
    fc.assert(
      fc.property(parts, given => {
        const tx = parseTransaction(serialize(given));
        expect(partsOf(tx)).toEqual(given);
      }),
    );
  });
});
