import { int32At } from './int32-at.js';

/**
 * SipHash-2-4 under a 128-bit key, on pairs of 32-bit halves: 64-bit BigInt arithmetic would be ten times slower.
 *
 * A hasher is reused for many inputs; it keeps no state between calls.
 */
export class SipHash {
  /** The four state words as they are after keying, low half before high half. */
  private readonly initial = new Int32Array(8);
  private readonly v = new Int32Array(8);

  /** `k0` and `k1` are the halves of the key as unsigned 64-bit numbers. */
  constructor(k0: bigint, k1: bigint) {
    const words = [
      0x736f6d6570736575n ^ k0,
      0x646f72616e646f6dn ^ k1,
      0x6c7967656e657261n ^ k0,
      0x7465646279746573n ^ k1,
    ];
    words.forEach((word, i) => {
      this.initial[2 * i] = Number(BigInt.asIntN(32, word));
      this.initial[2 * i + 1] = Number(BigInt.asIntN(32, word >> 32n));
    });
  }

  /** From a 16-byte key, little-endian, as BIP152 and BIP158 write it. */
  static fromKey(key: Uint8Array): SipHash {
    const view = new DataView(key.buffer, key.byteOffset, 16);
    return new SipHash(view.getBigUint64(0, true), view.getBigUint64(8, true));
  }

  /** The 64-bit hash of `data`. */
  hash(data: Uint8Array): bigint {
    this.run(data);
    return (BigInt(this.high() >>> 0) << 32n) | BigInt(this.low() >>> 0);
  }

  /** The low 48 bits of the hash: the short transaction id of BIP152. */
  hash48(data: Uint8Array): number {
    this.run(data);
    return (this.high() & 0xffff) * 0x1_0000_0000 + (this.low() >>> 0);
  }

  /** The low 32 bits of the hash, unsigned. */
  hash32(data: Uint8Array): number {
    this.run(data);
    return this.low() >>> 0;
  }

  private low(): number {
    const v = this.v;
    return (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
  }

  private high(): number {
    const v = this.v;
    return (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
  }

  private run(data: Uint8Array): void {
    const v = this.v;
    v.set(this.initial);
    const whole = data.length & ~7;
    for (let i = 0; i < whole; i += 8) absorb(v, int32At(data, i), int32At(data, i + 4));
    let low = 0;
    let high = data.length << 24;
    for (let i = whole; i < data.length; i++) {
      const shift = 8 * (i - whole);
      if (shift < 32) low |= (data[i] as number) << shift;
      else high |= (data[i] as number) << (shift - 32);
    }
    absorb(v, low, high);
    v[4] = (v[4] as number) ^ 0xff;
    sipRounds(v, 4);
  }
}

/** SipHash-2-4 of a 32-byte hash (Core's SipHashUint256): salted hash maps, short ids. */
export function siphashUint256(k0: bigint, k1: bigint, hash: Uint8Array): bigint {
  return new SipHash(k0, k1).hash(hash);
}

function absorb(v: Int32Array, low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  sipRounds(v, 2);
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

/** 1 when the 32-bit sum `sum` of `addend` and something carried out, else 0. */
function carry(sum: number, addend: number): number {
  return sum >>> 0 < addend >>> 0 ? 1 : 0;
}

/** SipHash's round; `l` and `h` are the halves of words 0 to 3. */
function sipRounds(v: Int32Array, count: number): void {
  let l0 = v[0] as number;
  let h0 = v[1] as number;
  let l1 = v[2] as number;
  let h1 = v[3] as number;
  let l2 = v[4] as number;
  let h2 = v[5] as number;
  let l3 = v[6] as number;
  let h3 = v[7] as number;
  let t = 0;
  for (let i = 0; i < count; i++) {
    l0 = (l0 + l1) | 0;
    h0 = (h0 + h1 + carry(l0, l1)) | 0;
    t = l1;
    l1 = ((l1 << 13) | (h1 >>> 19)) ^ l0;
    h1 = ((h1 << 13) | (t >>> 19)) ^ h0;
    t = l0;
    l0 = h0;
    h0 = t;

    l2 = (l2 + l3) | 0;
    h2 = (h2 + h3 + carry(l2, l3)) | 0;
    t = l3;
    l3 = ((l3 << 16) | (h3 >>> 16)) ^ l2;
    h3 = ((h3 << 16) | (t >>> 16)) ^ h2;

    l0 = (l0 + l3) | 0;
    h0 = (h0 + h3 + carry(l0, l3)) | 0;
    t = l3;
    l3 = ((l3 << 21) | (h3 >>> 11)) ^ l0;
    h3 = ((h3 << 21) | (t >>> 11)) ^ h0;

    l2 = (l2 + l1) | 0;
    h2 = (h2 + h1 + carry(l2, l1)) | 0;
    t = l1;
    l1 = ((l1 << 17) | (h1 >>> 15)) ^ l2;
    h1 = ((h1 << 17) | (t >>> 15)) ^ h2;
    t = l2;
    l2 = h2;
    h2 = t;
  }
  v[0] = l0;
  v[1] = h0;
  v[2] = l1;
  v[3] = h1;
  v[4] = l2;
  v[5] = h2;
  v[6] = l3;
  v[7] = h3;
}
