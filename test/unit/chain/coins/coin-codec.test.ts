import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coinDbKey,
  decodeCoin,
  encodeCoin,
  type PackedCoin,
  packCoin,
  packedToStored,
  packStored,
  parseCoinDbKey,
  unpackCoin,
} from '../../../../src/chain/coins/coin-codec.js';
import { publicKeyOf } from '../../../../src/crypto/keys.js';
import { toHex } from '../../../../src/primitives/bytes.js';
import { DecodeError, Reader } from '../../../../src/primitives/codec.js';
import { arbitraryCoin, coinText } from '../../../support/chain-coins.js';

const unpack = (packed: PackedCoin) => unpackCoin(new Reader(packed), packed.length);
const hex = (text: string) => Buffer.from(text, 'hex');

describe('a coin on disk', () => {
  it.each([
    [
      '97f23c835800816115944e077fe7c803cfa57f29b36bf87c1d35',
      '60000000000 76a914816115944e077fe7c803cfa57f29b36bf87c1d3588ac 203998',
    ],
    [
      '8ddf77bbd123008c988f1a4a4de2161e0f50aac7f17e7f9555caa4',
      '110397 76a9148c988f1a4a4de2161e0f50aac7f17e7f9555caa488ac 120891 coinbase',
    ],
    ['000006', '0  0'],
  ])("%s is Core's example", (bytes, text) => {
    const coin = decodeCoin(hex(bytes));
    expect(coinText(coin)).toBe(text);
    expect(toHex(encodeCoin(coin))).toBe(bytes);
  });

  it.each(['000007', '00008a95c0bb00', '', '00'])('%s ends too early', bytes => {
    expect(() => decodeCoin(hex(bytes))).toThrow(DecodeError);
    expect(() => unpack(packStored(hex(bytes)))).toThrow(DecodeError);
  });

  it('comes back, stored or packed', () => {
    fc.assert(
      fc.property(arbitraryCoin, coin => {
        const stored = encodeCoin(coin);
        expect(coinText(decodeCoin(stored))).toBe(coinText(coin));
        expect(coinText(unpack(packCoin(coin)))).toBe(coinText(coin));
        expect(coinText(unpack(packStored(stored)))).toBe(coinText(coin));
        expect(toHex(packedToStored(packCoin(coin)))).toBe(toHex(stored));
        expect(toHex(packedToStored(packStored(stored)))).toBe(toHex(stored));
      }),
    );
  });

  it('has its uncompressed key shortened on disk, but not in memory', () => {
    const key = publicKeyOf(Buffer.concat([new Uint8Array(31), Uint8Array.of(9)]), false);
    const script = Buffer.concat([Uint8Array.of(65), key, Uint8Array.of(0xac)]);
    const coin = { value: 50e8, script, height: 0, coinbase: true };
    const packed = packCoin(coin);
    expect(packed.length).toBe(1 + 1 + 1 + 67);
    const stored = packedToStored(packed);
    expect(stored.length).toBe(1 + 1 + 33);
    expect(toHex(stored)).toBe(toHex(encodeCoin(coin)));
    expect(coinText(decodeCoin(stored))).toBe(coinText(coin));
  });

  it('holds a script larger than any that can be spent', () => {
    const coin = { value: 1, script: new Uint8Array(50_000).fill(0x51), height: 1, coinbase: false };
    expect(encodeCoin(coin).length).toBe(1 + 1 + 3 + 50_000);
    expect(unpack(packCoin(coin)).script.length).toBe(1);
  });
});

describe('the key of a coin', () => {
  it('is C, txid and VarInt of the index', () => {
    const txid = new Uint8Array(32).fill(0xab);
    expect(toHex(coinDbKey({ txid, vout: 0 }))).toBe(`43${toHex(txid)}00`);
    expect(toHex(coinDbKey({ txid, vout: 0x80 }))).toBe(`43${toHex(txid)}8000`);
    expect(toHex(coinDbKey({ txid, vout: 0xffffffff }))).toBe(`43${toHex(txid)}8efefefe7f`);
  });

  it('comes back', () => {
    const outpoints = fc.tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(0xffffffff));
    fc.assert(
      fc.property(outpoints, ([txid, vout]) => {
        const back = parseCoinDbKey(coinDbKey({ txid, vout }));
        expect([toHex(back.txid), back.vout]).toEqual([toHex(txid), vout]);
      }),
    );
    expect(() => parseCoinDbKey(hex('42'))).toThrow(DecodeError);
  });
});
