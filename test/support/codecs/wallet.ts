import fc from 'fast-check';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { masterKeyFromSeed, neuter, serializeExtendedPublic } from '../../../src/script/bip32.js';
import { OUTPUT_TYPES } from '../../../src/script/output-type.js';
import {
  type ActiveRecord,
  type AddressEntry,
  activeKey,
  type DerivedKeyRecord,
  type DescriptorRecord,
  decodeActive,
  decodeAddress,
  decodeDerivedKey,
  decodeDescriptor,
  decodeLocator,
  decodePrivateKey,
  decodeTx,
  derivedKeyKey,
  encodeAddress,
  encodeDerivedKey,
  encodeDescriptor,
  encodeLocator,
  encodePrivateKey,
  encodeTx,
  type TxRecord,
  type TxState,
} from '../../../src/wallet/store/records.js';
import { hash, list, tx, u32 } from '../arbitraries.js';
import { testKey } from '../script-keys.js';
import { type Entry, entry } from './entry.js';
import { plain } from './properties.js';

const publicKey = neuter(defined(masterKeyFromSeed(new Uint8Array(32).fill(5)), 'master key'));

const state: fc.Arbitrary<TxState> = fc.oneof(
  fc.record({ type: fc.constant('confirmed' as const), hash, height: u32, index: u32 }),
  fc.record({ type: fc.constant('conflicted' as const), hash, height: u32 }),
  fc.record({ type: fc.constant('inactive' as const), abandoned: fc.boolean() }),
);

export const WALLET: readonly Entry[] = [
  entry<DescriptorRecord>('record of a descriptor', ['decodeDescriptor'], {
    values: fc.record({
      id: fc.constant(new Uint8Array(32)),
      text: fc.string({ unit: 'grapheme-ascii' }),
      creationTime: fc.nat(),
      rangeStart: u32,
      rangeEnd: u32,
      nextIndex: u32,
    }),
    encode: encodeDescriptor,
    decode: value => decodeDescriptor(new Uint8Array(32), value),
    trailing: 'ignored',
  }),
  entry<DerivedKeyRecord>('record of a derived key', ['decodeDerivedKey'], {
    values: fc.record({
      descriptorId: hash,
      kind: fc.constantFrom('parent', 'derived', 'lastHardened'),
      expression: u32,
      index: u32,
      key: fc.constant(publicKey),
    }),
    // Key and value of the record, one behind the other.
    encode: record =>
      concatBytes(derivedKeyKey(record), encodeDerivedKey(serializeExtendedPublic(record.key))),
    decode: both => decodeDerivedKey(both.subarray(0, 42), both.subarray(42)),
    trailing: 'ignored',
  }),
  entry('record of a private key', ['decodePrivateKey'], {
    values: fc.tuple(fc.integer({ min: 1, max: 254 }), fc.boolean()).map(args => testKey(...args)),
    encode: encodePrivateKey,
    decode: decodePrivateKey,
    text: ({ secret, compressed }) => plain([secret, compressed]),
    trailing: 'ignored',
  }),
  entry<ActiveRecord>('record of what gives out addresses', ['decodeActive'], {
    values: fc.record({ type: fc.constantFrom(...OUTPUT_TYPES), internal: fc.boolean(), id: hash }),
    encode: ({ type, internal, id }) => concatBytes(activeKey(type, internal), id),
    decode: both => decodeActive(both.subarray(0, 3), both.subarray(3)),
    trailing: 'ignored',
  }),
  entry<TxRecord>('record of a transaction', ['decodeTx'], {
    values: fc.record({
      tx,
      state,
      timeReceived: fc.nat(),
      timeSmart: fc.nat(),
      order: fc.nat(),
      fromMe: fc.boolean(),
      notes: fc
        .uniqueArray(fc.tuple(fc.string(), fc.string()), { maxLength: 3, selector: ([name]) => name })
        .map(notes => new Map(notes)),
    }),
    encode: encodeTx,
    decode: decodeTx,
    trailing: 'ignored',
  }),
  entry<AddressEntry>('record of an address', ['decodeAddress'], {
    values: fc.record({
      label: fc.option(fc.string(), { nil: undefined }),
      purpose: fc.constantFrom(undefined, 'receive', 'send', 'refund'),
      usedBefore: fc.boolean(),
    }),
    encode: encodeAddress,
    decode: decodeAddress,
    trailing: 'ignored',
  }),
  entry('record of the last block', ['decodeLocator'], {
    values: list(hash),
    encode: encodeLocator,
    decode: decodeLocator,
    trailing: 'ignored',
  }),
];
