import { encodeDer } from '../src/crypto/ecdsa.js';
import { sha256, taggedHash } from '../src/crypto/hash.js';
import { publicKeyOf, xOnly } from '../src/crypto/keys.js';
import { bytesToNumber, CURVE_ORDER, numberToBytes32 } from '../src/crypto/scalar.js';
import { concatBytes } from '../src/primitives/bytes.js';

/** Nonces that signatures share: one for each first byte of what is signed. No verification keeps anything by nonce. */
const NONCES = 256;

/** A private key with what signing needs of it. */
export interface QuickKey {
  /** Of which the public key has an even y, as BIP340 wants it. */
  readonly scalar: bigint;
  /** Compressed. */
  readonly publicKey: Uint8Array;
}

interface Nonce {
  readonly scalar: bigint;
  readonly inverse: bigint;
  /** x of its point, which has an even y: r of ECDSA, R of BIP340. */
  readonly x: Uint8Array;
  readonly r: bigint;
}

/** The key of a number: the same in every run. */
export function quickKey(index: number): QuickKey {
  return withEvenY(bytesToNumber(sha256(Buffer.from(`blocksmith bench key ${index}`))) % CURVE_ORDER);
}

/**
 * Signs in a few microseconds, for chains with a million signatures, and each time the same: the points of the nonces are made
 * beforehand, so that none is multiplied for a signature. As nonces come again, whoever sees a few signatures knows the keys. So
 * it is for keys that guard nothing.
 */
export class QuickSigner {
  private readonly nonces: readonly Nonce[] = Array.from(lowNonces(NONCES));

  /** DER with low r and low s, as wallets make it, without hash type. @param hash 32 bytes */
  ecdsa({ scalar }: QuickKey, hash: Uint8Array): Uint8Array {
    const nonce = this.nonceFor(hash);
    const s = (nonce.inverse * (bytesToNumber(hash) + nonce.r * scalar)) % CURVE_ORDER;
    const low = s > CURVE_ORDER >> 1n ? CURVE_ORDER - s : s;
    return encodeDer(concatBytes(nonce.x, numberToBytes32(low)));
  }

  /** BIP340, 64 bytes. @param hash 32 bytes */
  schnorr({ scalar, publicKey }: QuickKey, hash: Uint8Array): Uint8Array {
    const nonce = this.nonceFor(hash);
    const challenge = bytesToNumber(taggedHash('BIP0340/challenge', nonce.x, xOnly(publicKey), hash));
    const s = (nonce.scalar + challenge * scalar) % CURVE_ORDER;
    return concatBytes(nonce.x, numberToBytes32(s));
  }

  private nonceFor(hash: Uint8Array): Nonce {
    return this.nonces[hash[0] as number] as Nonce;
  }
}

/** The key, or its negative, whichever has a public key with even y. @param scalar from 1 to the order less one */
export function withEvenY(scalar: bigint): QuickKey {
  const publicKey = publicKeyOf(numberToBytes32(scalar), true);
  if (publicKey[0] === 2) return { scalar, publicKey };
  return { scalar: CURVE_ORDER - scalar, publicKey: concatBytes(Uint8Array.of(2), xOnly(publicKey)) };
}

function* lowNonces(count: number): Generator<Nonce, void, undefined> {
  for (let index = 0, found = 0; found < count; index++) {
    const hash = sha256(Buffer.from(`blocksmith bench nonce ${index}`));
    const { scalar, publicKey } = withEvenY(bytesToNumber(hash) % CURVE_ORDER);
    const x = xOnly(publicKey);
    if ((x[0] as number) >= 0x80) continue;
    found++;
    yield { scalar, inverse: inverse(scalar), x, r: bytesToNumber(x) };
  }
}

/** Modulo the order, which is prime: by Fermat's little theorem. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let square = value;
  for (let exponent = CURVE_ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * square) % CURVE_ORDER;
    square = (square * square) % CURVE_ORDER;
  }
  return result;
}
