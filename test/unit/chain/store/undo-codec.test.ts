import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlockUndo, encodeBlockUndo } from '../../../../src/chain/store/undo-codec.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { DecodeError } from '../../../../src/primitives/codec.js';
import { arbitraryCoin, coinText } from '../../../support/chain-coins.js';

const HASH = '816115944e077fe7c803cfa57f29b36bf87c1d35';
const script = Buffer.from(`76a914${HASH}88ac`, 'hex');

describe('undo data of a block', () => {
  it('are a list of lists of coins, with a zero after a height', () => {
    const undo = [
      [{ value: 60_000_000_000, script, height: 203998, coinbase: false }],
      [],
      [{ value: 0, script: new Uint8Array(0), height: 0, coinbase: true }],
    ];
    expect(toHex(encodeBlockUndo(undo))).toBe(`03${`0197f23c00835800${HASH}`}00${'01010006'}`);
  });

  it('of a block with only a coinbase are one zero byte', () => {
    expect(toHex(encodeBlockUndo([]))).toBe('00');
    expect(decodeBlockUndo(Uint8Array.of(0))).toEqual([]);
  });

  it('may have a version of the transaction where we write zero', () => {
    const [[coin] = []] = decodeBlockUndo(Buffer.from(`010197f23c01835800${HASH}`, 'hex'));
    expect(coinText(coin)).toBe(`60000000000 ${toHex(script)} 203998`);
  });

  it('come back', () => {
    const undos = fc.array(fc.array(arbitraryCoin, { maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(undos, undo => {
        const back = decodeBlockUndo(encodeBlockUndo(undo));
        expect(back.map(coins => coins.map(coinText))).toEqual(undo.map(coins => coins.map(coinText)));
      }),
    );
  });

  it('come back with more lists and coins than one byte counts', () => {
    const coin = { value: 1, script, height: 1, coinbase: false };
    const undo = [new Array(300).fill(coin), ...new Array(70_000).fill([])];
    const back = decodeBlockUndo(encodeBlockUndo(undo));
    expect([back.length, back[0]?.length]).toEqual([70_001, 300]);
  });

  it('are refused when cut short, too long, or with a count that cannot be', () => {
    const bytes = encodeBlockUndo([[{ value: 5, script, height: 9, coinbase: false }]]);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeBlockUndo(bytes.subarray(0, end))).toThrow(DecodeError);
    }
    expect(() => decodeBlockUndo(Buffer.concat([bytes, Uint8Array.of(0)]))).toThrow(DecodeError);
    expect(() => decodeBlockUndo(Buffer.from('fe00000002', 'hex'))).toThrow(DecodeError);
  });
});
