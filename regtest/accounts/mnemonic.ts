import { pbkdf2Sync } from 'node:crypto';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { sha256 } from '../../src/crypto/hash.js';

/** Bytes of entropy behind a phrase made here: twelve words. */
const ENTROPY_BYTES = 16;

/** Lengths that BIP39 knows. */
const WORD_COUNTS: readonly number[] = [12, 15, 18, 21, 24];

/** BIP39: how a phrase is stretched to a seed. */
const SEED_ROUNDS = 2048;
const SEED_BYTES = 64;

const knownWords: ReadonlySet<string> = new Set(wordlist);

/** The phrase of the network with this seed: twelve English words, always the same. For play money only. */
export function mnemonicOf(seed: number): string {
  const entropy = sha256(Buffer.from(`blocksmith regtest ${seed} mnemonic`, 'utf8'));
  return entropyToMnemonic(entropy.subarray(0, ENTROPY_BYTES), wordlist);
}

/**
 * Reads a BIP39 phrase in English. Upper case and more blanks than needed do not matter.
 *
 * @returns its words in lower case with one blank between them
 * @throws RangeError that tells what is wrong with it, without repeating it
 */
export function parseMnemonic(text: string): string {
  const words = text.normalize('NFKD').trim().toLowerCase().split(/\s+/);
  if (!WORD_COUNTS.includes(words.length)) {
    const given = text.trim() === '' ? 0 : words.length;
    throw new RangeError(`a mnemonic has ${WORD_COUNTS.join(', ')} words, not ${given}`);
  }
  const unknown = words.findIndex(word => !knownWords.has(word));
  if (unknown >= 0)
    throw new RangeError(`word ${unknown + 1} of the mnemonic is not in BIP39's English list`);
  const mnemonic = words.join(' ');
  try {
    mnemonicToEntropy(mnemonic, wordlist);
  } catch {
    throw new RangeError(
      'the checksum of the mnemonic is wrong: a word is not the right one, or not in its place',
    );
  }
  return mnemonic;
}

/**
 * The 64 bytes that master keys are made of (BIP39, no passphrase). Node's own PBKDF2, as every start of a network waits
 * for it: 5 ms where one in JavaScript takes 50.
 *
 * @param mnemonic as {@link parseMnemonic} gives it
 */
export function seedOfMnemonic(mnemonic: string): Uint8Array {
  return pbkdf2Sync(mnemonic, 'mnemonic', SEED_ROUNDS, SEED_BYTES, 'sha512');
}
