import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/primitives/bytes.js';
import { addressToScript, decodeAddress } from '../../src/script/address.js';
import { ADDRESSES_BY_CHAIN, MAIN_ADDRESSES } from '../support/script-address-params.js';

interface Vectors {
  readonly valid: readonly { readonly chain: string; readonly address: string; readonly script?: string }[];
  readonly invalid: readonly {
    readonly chain: string;
    readonly address: string;
    readonly error: string;
    readonly locations: readonly number[];
  }[];
}

/** Addresses of BIP173, BIP350 and Core's tests of `validateaddress` (MIT licence), with its answers. */
const vectors = JSON.parse(
  readFileSync(new URL('./validate-address.json', import.meta.url), 'utf8'),
) as Vectors;

const paramsOf = (chain: string) => ADDRESSES_BY_CHAIN[chain] ?? MAIN_ADDRESSES;

describe('addresses as validateaddress judges them', () => {
  it.each(vectors.valid)('takes $address ($chain)', ({ chain, address, script }) => {
    const found = addressToScript(address, paramsOf(chain));
    expect(found).toBeDefined();
    if (script !== undefined) expect(found && toHex(found)).toBe(script);
  });

  it.each(vectors.invalid)('refuses $address ($chain): $error', ({ chain, address, error, locations }) => {
    expect(decodeAddress(address, paramsOf(chain))).toEqual({ error, locations });
  });
});
