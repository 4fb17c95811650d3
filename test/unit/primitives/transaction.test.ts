import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256d } from '../../../src/crypto/hash.js';
import { type ByteRange, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../../src/primitives/codec.js';
import { NULL_INDEX, outPointKey } from '../../../src/primitives/outpoint.js';
import {
  outputSize,
  serializeParts,
  Transaction,
  type TxParts,
} from '../../../src/primitives/transaction.js';

const uint32 = fc.nat(0xffffffff);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const script = fc.uint8Array({ maxLength: 300 });
const witness = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });

const txInput = fc.record({
  prevout: fc.record({ txid: hash, vout: uint32 }),
  scriptSig: script,
  sequence: uint32,
  witness: fc.oneof(fc.constant([]), witness),
});

const txParts: fc.Arbitrary<TxParts> = fc.record({
  version: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  inputs: fc.array(txInput, { minLength: 1, maxLength: 4 }),
  outputs: fc.array(fc.record({ value: fc.maxSafeInteger(), script }), { maxLength: 4 }),
  lockTime: uint32,
});

/** Parts with plain arrays, so that a view and a copy compare equal. */
function plain(parts: TxParts) {
  return {
    version: parts.version,
    lockTime: parts.lockTime,
    inputs: parts.inputs.map(({ prevout, scriptSig, sequence, witness: items }) => ({
      txid: [...prevout.txid],
      vout: prevout.vout,
      scriptSig: [...scriptSig],
      sequence,
      witness: items.map(item => [...item]),
    })),
    outputs: parts.outputs.map(({ value, script: bytes }) => ({ value, script: [...bytes] })),
  };
}

const fromHex = (hex: string) => Transaction.parse(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const INPUT = `${'11'.repeat(32)} 00000000 00 ffffffff`;
const OUTPUT = '0100000000000000 01 51';

describe('a transaction', () => {
  it('reads back as the parts it was made of', () => {
    fc.assert(
      fc.property(txParts, parts => {
        expect(plain(Transaction.from(parts))).toEqual(plain(parts));
      }),
    );
  });

  it('writes the bytes it was read from', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const raw = serializeParts(parts, true);
        const tx = Transaction.parse(raw);
        expect(Buffer.from(serializeParts(tx, true))).toEqual(Buffer.from(raw));
        expect(Buffer.from(serializeParts(tx, false))).toEqual(Buffer.from(tx.baseBytes()));
      }),
    );
  });

  it('has sizes and ids of both its forms', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const tx = Transaction.from(parts);
        const [base, total] = [serializeParts(parts, false), serializeParts(parts, true)];
        expect(tx.hasWitness).toBe(parts.inputs.some(input => input.witness.length > 0));
        expect([tx.baseSize, tx.totalSize]).toEqual([base.length, total.length]);
        expect(tx.weight).toBe(base.length * 3 + total.length);
        expect(tx.vsize).toBe(Math.ceil((base.length * 3 + total.length) / 4));
        expect(tx.txid).toEqual(sha256d(base));
        expect(tx.wtxid).toEqual(sha256d(total));
      }),
    );
  });

  it('tells where its parts lie', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const tx = Transaction.from(parts);
        const rangeOf = ({ from, to }: ByteRange) => [...tx.source.subarray(from, to)];
        for (const [i, { prevout, scriptSig, sequence }] of parts.inputs.entries()) {
          expect(rangeOf(tx.scriptSigRange(i))).toEqual([...scriptSig]);
          expect(tx.prevoutKey(i)).toBe(outPointKey(prevout.txid, prevout.vout));
          expect(tx.prevoutIndex(i)).toBe(prevout.vout);
          expect(Buffer.from(tx.raw).readUInt32LE(tx.sequenceStart(i))).toBe(sequence);
          const lengthBytes = tx.sequenceStart(i) - tx.inputStart(i) - 36 - scriptSig.length;
          expect(lengthBytes).toBe(scriptSig.length < 253 ? 1 : 3);
        }
        for (const [i, output] of parts.outputs.entries()) {
          expect(rangeOf(tx.outputScriptRange(i))).toEqual([...output.script]);
          expect(tx.outputStart(i + 1) - tx.outputStart(i)).toBe(outputSize(output));
        }
      }),
    );
  });

  it('gives its parts one by one', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const tx = Transaction.from(parts);
        const inputs = parts.inputs.map((_, i) => ({
          prevout: tx.prevout(i),
          scriptSig: tx.scriptSig(i),
          sequence: tx.sequence(i),
          witness: tx.witness(i),
        }));
        const outputs = parts.outputs.map((_, i) => ({
          value: tx.outputValue(i),
          script: tx.outputScript(i),
        }));
        expect(plain({ ...parts, inputs, outputs })).toEqual(plain(parts));
      }),
    );
  });

  it('is the same over memory of its own', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const { raw } = Transaction.from(parts);
        const block = Buffer.concat([Buffer.alloc(1000), raw, Buffer.alloc(1000)]);
        const tx = Transaction.read(new Reader(block, 1000, 1000 + raw.length)).detached();
        block.fill(0xff);
        expect(tx.raw.buffer.byteLength).toBe(raw.length);
        expect([...tx.raw]).toEqual([...raw]);
        expect(plain(tx)).toEqual(plain(parts));
      }),
    );
  });

  it('is refused when cut short anywhere, or followed by anything', () => {
    fc.assert(
      fc.property(txParts, parts => {
        const { raw } = Transaction.from(parts);
        for (let length = 0; length < raw.length; length++) {
          expect(() => Transaction.parse(raw.subarray(0, length))).toThrow(DecodeError);
        }
        expect(() => Transaction.parse(Buffer.concat([raw, Uint8Array.of(0)]))).toThrow(
          'unexpected trailing data',
        );
      }),
      { numRuns: 20 },
    );
  });

  it('never throws anything but a DecodeError, whatever it is read from', () => {
    fc.assert(
      fc.property(
        txParts,
        fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { minLength: 1 }),
        (parts, changes) => {
          const raw = Buffer.from(Transaction.from(parts).raw);
          for (const [at, value] of changes) raw[at % raw.length] = value;
          try {
            const tx = Transaction.parse(raw);
            expect(Buffer.from(tx.raw)).toEqual(raw);
            expect(tx.inputs).toHaveLength(tx.inputCount);
            expect(tx.outputs).toHaveLength(tx.outputCount);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(DecodeError);
          }
        },
      ),
    );
  });

  it('reads in the middle of a buffer and leaves the reader behind it', () => {
    const { raw } = fromHex(`02000000 01 ${INPUT} 01 ${OUTPUT} 00000000`);
    const around = Buffer.concat([new Uint8Array(7), raw, new Uint8Array(9)]);
    const reader = new Reader(around, 7);
    expect(Transaction.read(reader).raw).toEqual(Buffer.from(raw));
    expect(reader.position).toBe(7 + raw.length);
  });
});

describe('the witness form (BIP144)', () => {
  const WITNESS = '01 02 aabb';

  it('has marker, flag and a stack for each input', () => {
    const tx = fromHex(`02000000 0001 01 ${INPUT} 01 ${OUTPUT} ${WITNESS} 00000000`);
    expect(tx.hasWitness).toBe(true);
    expect(tx.inputs[0]?.witness.map(item => [...item])).toEqual([[0xaa, 0xbb]]);
    expect(tx.baseSize).toBe(tx.totalSize - 2 - 4);
  });

  it('is refused when no stack has an item', () => {
    expect(() => fromHex(`02000000 0001 01 ${INPUT} 01 ${OUTPUT} 00 00000000`)).toThrow(
      'Superfluous witness record',
    );
    expect(() => fromHex(`02000000 0001 00 01 ${OUTPUT} 00000000`)).toThrow('Superfluous witness record');
  });

  it('counts an empty item as an item', () => {
    const tx = fromHex(`02000000 0001 01 ${INPUT} 01 ${OUTPUT} 0100 00000000`);
    expect(tx.inputs[0]?.witness.map(item => [...item])).toEqual([[]]);
  });

  it.each(['02', '03', 'ff'])('with flag %s is unknown', flag => {
    expect(() => fromHex(`02000000 00${flag} 01 ${INPUT} 01 ${OUTPUT} ${WITNESS} 00000000`)).toThrow(
      'Unknown transaction optional data',
    );
  });

  it('is superfluous before its flag is unknown', () => {
    expect(() => fromHex(`02000000 0003 01 ${INPUT} 01 ${OUTPUT} 00 00000000`)).toThrow(
      'Superfluous witness record',
    );
  });

  it('cannot be told from no inputs and no outputs, which is what flag 0 means', () => {
    const tx = fromHex('02000000 00 00 07000000');
    expect([tx.inputCount, tx.outputCount, tx.lockTime]).toEqual([0, 0, 7]);
    expect(tx.totalSize).toBe(10);
  });

  it('is not looked for when the old form alone is read', () => {
    const bytes = Buffer.from(`0200000000 01 ${OUTPUT} 00000000`.replaceAll(' ', ''), 'hex');
    const tx = Transaction.parse(bytes, false);
    expect([tx.inputCount, tx.outputCount, tx.hasWitness]).toEqual([0, 1, false]);
    expect(() => Transaction.parse(bytes)).toThrow(DecodeError);
  });

  it('is left out when a transaction without inputs is made', () => {
    const tx = Transaction.from({
      version: 2,
      inputs: [],
      outputs: [{ value: 1, script: Uint8Array.of(0x51) }],
      lockTime: 0,
    });
    expect([tx.inputCount, tx.outputCount]).toEqual([0, 1]);
  });
});

describe('counts that no data could follow', () => {
  it.each([
    ['inputs', '02000000 fe00000002'],
    ['outputs', `02000000 01 ${INPUT} fe00000002`],
    ['witness items', `02000000 0001 01 ${INPUT} 01 ${OUTPUT} fe00000002`],
  ])('of %s are refused at once', (_, hex) => {
    expect(() => fromHex(hex)).toThrow('unexpected end of data');
  });
});

describe('a coinbase', () => {
  const parts = (txid: Uint8Array, vout: number, inputs = 1): TxParts => ({
    version: 1,
    inputs: Array.from({ length: inputs }, () => ({
      prevout: { txid, vout },
      scriptSig: new Uint8Array(2),
      sequence: 0,
      witness: [],
    })),
    outputs: [],
    lockTime: 0,
  });

  it('has one input, which spends nothing', () => {
    expect(Transaction.from(parts(ZERO_HASH, NULL_INDEX)).isCoinbase).toBe(true);
    expect(Transaction.from(parts(ZERO_HASH, 0)).isCoinbase).toBe(false);
    expect(Transaction.from(parts(new Uint8Array(32).fill(1), NULL_INDEX)).isCoinbase).toBe(false);
    expect(Transaction.from(parts(ZERO_HASH, NULL_INDEX, 2)).isCoinbase).toBe(false);
  });
});
