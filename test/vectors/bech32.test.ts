import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Bech32Encoding,
  bech32Decode,
  bech32Encode,
  locateBech32Errors,
} from '../../src/script/bech32.js';

interface EncodingVectors {
  readonly valid: readonly string[];
  readonly invalid: readonly {
    readonly text: string;
    readonly error: string;
    readonly locations: readonly number[];
  }[];
}

/** The lists of BIP173 and BIP350, with what Core's `validateaddress` finds wrong with the invalid ones. */
const vectors = JSON.parse(readFileSync(new URL('./bech32.json', import.meta.url), 'utf8')) as Record<
  Bech32Encoding,
  EncodingVectors
>;

describe.each(['bech32', 'bech32m'] as const)('%s vectors', encoding => {
  it.each(vectors[encoding].valid)('reads and writes %s', text => {
    const decoded = bech32Decode(text);
    expect(decoded?.encoding).toBe(encoding);
    expect(decoded && bech32Encode(encoding, decoded.hrp, decoded.data)).toBe(text.toLowerCase());
  });

  // The vectors are bytes; a lone byte above 7f cannot stand in a text.
  const texts = vectors[encoding].invalid.filter(({ text }) => /^[\0-\x7f]*$/.test(text));

  it.each(texts)('refuses $text: $error at $locations', ({ text, error, locations }) => {
    expect(bech32Decode(text)).toBeUndefined();
    expect(locateBech32Errors(text)).toEqual({ error, locations });
  });
});
