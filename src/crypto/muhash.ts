import { chacha20Keystream } from './chacha20.js';
import { sha256 } from './hash.js';

/** Bytes of an element of the group. */
const ELEMENT_SIZE = 384;
const ELEMENT_BITS = 3072n;
/** The modulus is 2^3072 less this: the largest safe prime of 3072 bits. */
const MODULUS_GAP = 1103717n;
const MODULUS = (1n << ELEMENT_BITS) - MODULUS_GAP;
const ZERO_NONCE = new Uint8Array(12);

/**
 * MuHash3072: a hash of a set to which elements are added and from which they are taken in any order. The set is a
 * product modulo a prime: elements that went in above the line, elements that went out below it.
 *
 * Used for the hash of the coin set; the caller keeps it a set (twice in counts twice).
 */
export class MuHash3072 {
  private numerator = 1n;
  private denominator = 1n;

  /** Adds an element of any length. */
  insert(data: Uint8Array): this {
    this.numerator = multiply(this.numerator, toElement(data));
    return this;
  }

  /** Takes out an element, whether or not it was ever added. */
  remove(data: Uint8Array): this {
    this.denominator = multiply(this.denominator, toElement(data));
    return this;
  }

  /** Adds all elements of `other`. */
  combine(other: MuHash3072): this {
    this.numerator = multiply(this.numerator, other.numerator);
    this.denominator = multiply(this.denominator, other.denominator);
    return this;
  }

  /** Takes out all elements of `other`. */
  subtract(other: MuHash3072): this {
    this.numerator = multiply(this.numerator, other.denominator);
    this.denominator = multiply(this.denominator, other.numerator);
    return this;
  }

  /** The 32-byte hash in internal order; the set stays as it is. */
  digest(): Uint8Array {
    const quotient = multiply(this.numerator, invert(this.denominator));
    return sha256(toLittleEndian(quotient));
  }

  /** 768 bytes: numerator and denominator, little-endian (Core's serialisation). */
  serialize(): Uint8Array {
    return Buffer.concat([toLittleEndian(this.numerator), toLittleEndian(this.denominator)]);
  }

  /** The set from its 768 bytes. */
  static deserialize(bytes: Uint8Array): MuHash3072 {
    const set = new MuHash3072();
    set.numerator = fromLittleEndian(bytes.subarray(0, ELEMENT_SIZE)) % MODULUS;
    set.denominator = fromLittleEndian(bytes.subarray(ELEMENT_SIZE, 2 * ELEMENT_SIZE)) % MODULUS;
    return set;
  }
}

function toElement(data: Uint8Array): bigint {
  return fromLittleEndian(chacha20Keystream(sha256(data), ZERO_NONCE, 0, ELEMENT_SIZE));
}

/** Product modulo the prime. 2^3072 is congruent to the gap, so the high half is folded down, twice at most. */
function multiply(a: bigint, b: bigint): bigint {
  let product = a * b;
  while (product >> ELEMENT_BITS !== 0n) {
    product = (product >> ELEMENT_BITS) * MODULUS_GAP + BigInt.asUintN(Number(ELEMENT_BITS), product);
  }
  return product >= MODULUS ? product - MODULUS : product;
}

/** Inverse by Euclid's algorithm; zero, which no set of ours has below the line, gives zero as Core's power does. */
function invert(value: bigint): bigint {
  let [a, b] = [value % MODULUS, MODULUS];
  let [x, u] = [0n, 1n];
  while (a !== 0n) {
    const quotient = b / a;
    [b, a] = [a, b - quotient * a];
    [x, u] = [u, x - quotient * u];
  }
  if (b !== 1n) return 0n;
  return x < 0n ? x + MODULUS : x;
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function toLittleEndian(value: bigint): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * ELEMENT_SIZE, '0'), 'hex').reverse();
}
