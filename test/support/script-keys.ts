import { defined } from '../../src/runtime/errors.js';
import { PrivateKey } from '../../src/script/private-key.js';

/** A private key that is the same each time; `seed` from 1 to 255. */
export function testKey(seed: number, compressed = true): PrivateKey {
  return defined(PrivateKey.from(new Uint8Array(32).fill(seed), compressed), 'test key');
}

export function testPublicKeys(...seeds: readonly number[]): Uint8Array[] {
  return seeds.map(seed => testKey(seed).publicKey);
}
