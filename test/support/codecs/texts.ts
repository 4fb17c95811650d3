import fc from 'fast-check';
import { defined } from '../../../src/runtime/errors.js';
import { type Destination, decodeAddress, encodeAddress } from '../../../src/script/address.js';
import {
  decodeExtendedPrivate,
  decodeExtendedPublic,
  encodeExtendedPrivate,
  encodeExtendedPublic,
  masterKeyFromSeed,
  neuter,
} from '../../../src/script/bip32.js';
import { addChecksum } from '../../../src/script/descriptor/checksum.js';
import { parseDescriptor } from '../../../src/script/descriptor/parse.js';
import { decodeWif, encodeWif } from '../../../src/script/wif.js';
import { bytes } from '../arbitraries.js';
import { MAIN_ADDRESSES } from '../script-address-params.js';
import { testKey } from '../script-keys.js';

/** A form in words, which guards itself with a checksum: reading a text and writing it again changes nothing. */
export interface TextForm {
  readonly name: string;
  readonly covers: readonly string[];
  readonly texts: fc.Arbitrary<string>;
  /** Reads a text and writes what it said; undefined when it is refused. */
  readonly again: (text: string) => string | undefined;
}

const params = MAIN_ADDRESSES;
const keys = fc.tuple(fc.integer({ min: 1, max: 254 }), fc.boolean()).map(args => testKey(...args));
const masters = bytes(32).map(seed => defined(masterKeyFromSeed(seed), 'master key'));

const destinations: fc.Arbitrary<Destination> = fc.oneof(
  bytes(20).chain(hash =>
    fc.constantFrom<Destination>(
      { type: 'keyHash', hash },
      { type: 'scriptHash', hash },
      { type: 'witnessKeyHash', hash },
    ),
  ),
  bytes(32).chain(hash =>
    fc.constantFrom<Destination>(
      { type: 'witnessScriptHash', hash },
      { type: 'taproot', outputKey: hash },
      { type: 'witnessUnknown', version: 16, program: hash },
    ),
  ),
);

/** Keys of descriptors, in the form in which they are written. */
const keyTexts = fc.oneof(
  keys.map(key => Buffer.from(testKey(key.secret[0] ?? 1).publicKey).toString('hex')),
  fc
    .tuple(masters, fc.constantFrom('', '/0', '/1/2', '/*', '/44h/0', '/44h/*', "/1'/*'"))
    // Hardened steps need no private key to be written.
    .map(([master, path]) => `${encodeExtendedPublic(neuter(master), params)}${path}`),
);

const descriptors = fc.oneof(
  keyTexts.chain(key =>
    fc.constantFrom(
      `pk(${key})`,
      `pkh(${key})`,
      `wpkh(${key})`,
      `sh(wpkh(${key}))`,
      `combo(${key})`,
      `tr(${key})`,
    ),
  ),
  fc
    .tuple(keyTexts, keyTexts)
    .chain(([a, b]) =>
      fc.constantFrom(
        `multi(1,${a},${b})`,
        `wsh(multi(2,${a},${b}))`,
        `sh(wsh(sortedmulti(2,${a},${b})))`,
        `tr(${a},pk(${b}))`,
        `tr(${a},{pk(${b}),multi_a(1,${b},${a})})`,
      ),
    ),
  bytes(30).map(script => `raw(${Buffer.from(script).toString('hex')})`),
);

export const TEXTS: readonly TextForm[] = [
  {
    name: 'private key (WIF)',
    covers: ['decodeWif'],
    texts: keys.map(key => encodeWif(key, params)),
    again: text => {
      const key = decodeWif(text, params);
      return key === undefined ? undefined : encodeWif(key, params);
    },
  },
  {
    name: 'extended public key',
    covers: ['decodeExtendedPublic'],
    texts: masters.map(master => encodeExtendedPublic(neuter(master), params)),
    again: text => {
      const key = decodeExtendedPublic(text, params);
      return key === undefined ? undefined : encodeExtendedPublic(key, params);
    },
  },
  {
    name: 'extended private key',
    covers: ['decodeExtendedPrivate'],
    texts: masters.map(master => encodeExtendedPrivate(master, params)),
    again: text => {
      const key = decodeExtendedPrivate(text, params);
      return key === undefined ? undefined : encodeExtendedPrivate(key, params);
    },
  },
  {
    name: 'address',
    covers: ['decodeAddress'],
    texts: destinations.map(destination => defined(encodeAddress(destination, params), 'address')),
    again: text => {
      const result = decodeAddress(text, params);
      return 'destination' in result ? encodeAddress(result.destination, params) : undefined;
    },
  },
  {
    name: 'descriptor with checksum',
    covers: ['parseDescriptor'],
    texts: descriptors.map(addChecksum),
    again: text => {
      const result = parseDescriptor(text, params, { requireChecksum: true });
      return 'error' in result ? undefined : result.descriptor.toString();
    },
  },
];
