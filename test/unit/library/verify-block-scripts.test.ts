import { describe, expect, it } from 'vitest';
import { UsageError, verifyBlockScripts } from '../../../src/library/index.js';
import { Block } from '../../../src/primitives/block.js';
import { BLOCK_170, PREVOUT_170 } from '../../support/known-blocks.js';
import { coinbase, input, transaction } from '../../support/transactions.js';

const FLAGS = ['P2SH', 'WITNESS', 'TAPROOT'];
const TRUE = { value: 1, script: Uint8Array.of(0x51) };
const FALSE = { value: 1, script: Uint8Array.of(0x00) };

const ONE = transaction({ inputs: [input({}, 1)] });
const TWO = transaction({ inputs: [input({}, 2), input({}, 3)] });

/** A coinbase, a transaction with one input, one with two. */
const BLOCK = Block.from(Block.parse(BLOCK_170).header, [coinbase(), ONE, TWO]).raw;

function verdict(prevouts: unknown, block: Uint8Array = BLOCK) {
  return verifyBlockScripts({ block, prevouts, flags: FLAGS } as Parameters<typeof verifyBlockScripts>[0]);
}

describe('verifyBlockScripts', () => {
  it('verifies a block with its signatures', () => {
    expect(verdict([PREVOUT_170], BLOCK_170)).toEqual({ ok: true, inputs: 1 });
    const script = Uint8Array.from(PREVOUT_170.script);
    script[40] = 0;
    expect(verdict([{ ...PREVOUT_170, script }], BLOCK_170)).toMatchObject({
      ok: false,
      error: 'EVAL_FALSE',
      txIndex: 1,
      inputIndex: 0,
    });
  });

  it('takes prevouts in one list, or in one for each transaction', () => {
    expect(verdict([TRUE, TRUE, TRUE])).toEqual({ ok: true, inputs: 3 });
    expect(verdict([[TRUE], [TRUE, TRUE]])).toEqual({ ok: true, inputs: 3 });
  });

  it.each([
    [[FALSE, TRUE, FALSE], 1, 0, ONE],
    [[TRUE, FALSE, FALSE], 2, 0, TWO],
    [[TRUE, TRUE, FALSE], 2, 1, TWO],
    [[[TRUE], [TRUE, FALSE]], 2, 1, TWO],
  ] as const)(
    'names the first input that fails, and its transaction (%#)',
    (prevouts, txIndex, inputIndex, tx) => {
      const txid = Uint8Array.from(tx.txid);
      expect(verdict(prevouts)).toEqual({ ok: false, error: 'EVAL_FALSE', txIndex, inputIndex, txid });
    },
  );

  it('passes over coinbases, which spend nothing', () => {
    const { header } = Block.parse(BLOCK_170);
    expect(verdict([], Block.from(header, [coinbase()]).raw)).toEqual({ ok: true, inputs: 0 });
    expect(verdict([], Block.from(header, []).raw)).toEqual({ ok: true, inputs: 0 });
    const second = Block.from(header, [coinbase(), ONE, coinbase(), ONE]).raw;
    expect(verdict([TRUE, FALSE], second)).toMatchObject({ txIndex: 3 });
    expect(verdict([[TRUE], [FALSE]], second)).toMatchObject({ txIndex: 3 });
  });

  it.each([
    [[TRUE], 'prevout-count', 'prevouts has 1 entry, but there are 3 inputs that spend one each'],
    [
      [TRUE, TRUE, TRUE, TRUE],
      'prevout-count',
      'prevouts has 4 entries, but there are 3 inputs that spend one each',
    ],
    [
      [[TRUE, TRUE, TRUE]],
      'prevout-count',
      'prevouts has 1 list, but there are 2 transactions to have one each',
    ],
    [
      [[TRUE], [TRUE, TRUE], []],
      'prevout-count',
      'prevouts has 3 lists, but there are 2 transactions to have one each',
    ],
    [
      [[TRUE], [TRUE]],
      'prevout-count',
      'prevouts[1] has 1 entry, but there are 2 inputs that spend one each',
    ],
    [[[TRUE], TRUE], 'bad-argument', 'prevouts[1] must be an array, not an object'],
    [
      [TRUE, TRUE, { ...TRUE, value: -1 }],
      'prevout-value',
      'prevouts[2].value must be a whole number of satoshis, 0 or more, not -1',
    ],
    [
      [[TRUE], [TRUE, { value: 1 }]],
      'not-bytes',
      'prevouts[1][1].script must be a Uint8Array, not undefined',
    ],
    [TRUE, 'bad-argument', 'prevouts must be an array, not an object'],
  ])('has no answer to prevouts that do not fit (%#)', (prevouts, code, message) => {
    expect(() => verdict(prevouts)).toThrow(new UsageError(code as UsageError['code'], message));
  });

  it('has no answer to flags that do not go together', () => {
    const request = { block: BLOCK, prevouts: [TRUE, TRUE, TRUE], flags: ['WITNESS'] };
    expect(() => verifyBlockScripts(request)).toThrow('script flag WITNESS needs P2SH');
  });
});
