import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Endpoint } from '../../../src/net/address/endpoint.js';
import { ADDRESS_SIZES, NetAddress } from '../../../src/net/address/net-address.js';
import { LimitExceeded } from '../../../src/net/wire/codec.js';
import {
  MAX_ADDR_TO_SEND,
  MAX_HEADERS_RESULTS,
  MAX_INV_SIZE,
  MAX_LOCATOR_SIZE,
} from '../../../src/net/wire/limits.js';
import {
  decodeMessage,
  encodeMessage,
  isMessageType,
  type Message,
  type MessageType,
} from '../../../src/net/wire/messages.js';
import { Block } from '../../../src/primitives/block.js';
import { EMPTY_BYTES, fromHex, toHex } from '../../../src/primitives/bytes.js';
import { DecodeError, Writer } from '../../../src/primitives/codec.js';
import { BlockHeader } from '../../../src/primitives/header.js';
import { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { REGTEST } from '../../support/chain-builder.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytes(32);
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const u32 = fc.nat({ max: 0xffffffff });
const list = <T>(item: fc.Arbitrary<T>, maxLength = 5) => fc.array(item, { maxLength });

const header = bytes(80).map(raw => new BlockHeader(raw));
const inputs = list(
  fc.record({
    prevout: fc.record({ txid: hash, vout: u32 }),
    scriptSig: fc.uint8Array({ maxLength: 10 }),
    sequence: u32,
    witness: list(fc.uint8Array({ maxLength: 5 }), 2),
  }),
).filter(some => some.length > 0);
const outputs = list(fc.record({ value: fc.nat(), script: fc.uint8Array({ maxLength: 10 }) }));
const tx = fc
  .record({ version: fc.integer(), inputs, outputs, lockTime: u32 })
  .map(parts => Transaction.from(parts));

/** Addresses that survive their codec: the ranges of IPv6 that hide other networks do not. */
const v1Address = fc.oneof(
  bytes(4).map(raw => new NetAddress('ipv4', raw)),
  bytes(14).map(raw => new NetAddress('ipv6', Uint8Array.of(0x2a, 1, ...raw))),
);
const v2Address = fc.oneof(
  v1Address,
  ...(['onion', 'i2p', 'cjdns'] as const).map(kind =>
    bytes(ADDRESS_SIZES[kind]).map(raw => new NetAddress(kind, raw)),
  ),
);
const peerAddress = (address: fc.Arbitrary<NetAddress>) =>
  fc
    .record({ address, port: fc.nat({ max: 0xffff }), services: u64, time: u32 })
    .map(({ address: host, port, services, time }) => ({
      endpoint: new Endpoint(host, port),
      services,
      time,
    }));

const inventory = list(fc.record({ type: u32, hash }));
const locator = fc.record({ locator: list(hash), stop: hash });
const indexes = fc
  .uniqueArray(fc.nat({ max: 5000 }), { maxLength: 5 })
  .map(some => some.sort((a, b) => a - b));

/** A message of every type. */
const MESSAGES: { readonly [T in MessageType]: fc.Arbitrary<object> } = {
  version: fc.record({
    version: fc.integer(),
    services: u64,
    time: fc.nat(),
    receiver: fc.tuple(v1Address, fc.nat({ max: 0xffff })).map(([host, port]) => new Endpoint(host, port)),
    receiverServices: u64,
    nonce: u64,
    subVersion: fc.string({
      maxLength: 256,
      unit: fc.integer({ min: 1, max: 255 }).map(c => String.fromCharCode(c)),
    }),
    startHeight: fc.integer(),
    relay: fc.boolean(),
  }),
  verack: fc.constant({}),
  sendaddrv2: fc.constant({}),
  wtxidrelay: fc.constant({}),
  getaddr: fc.constant({}),
  sendheaders: fc.constant({}),
  mempool: fc.constant({}),
  filterclear: fc.constant({}),
  ping: fc.record({ nonce: u64 }),
  pong: fc.record({ nonce: u64, size: fc.constant(8) }),
  addr: fc.record({ addresses: list(peerAddress(v1Address)) }),
  addrv2: fc.record({ addresses: list(peerAddress(v2Address)) }),
  inv: fc.record({ items: inventory }),
  getdata: fc.record({ items: inventory }),
  notfound: fc.record({ items: inventory }),
  getblocks: locator,
  getheaders: locator,
  headers: fc.record({ headers: list(header) }),
  block: fc.tuple(header, list(tx, 2)).map(([head, txs]) => ({ block: Block.from(head, txs) })),
  tx: fc.record({ tx }),
  feefilter: fc.record({ feeRate: fc.nat() }),
  sendcmpct: fc.record({ highBandwidth: fc.boolean(), version: u64 }),
  cmpctblock: fc.record({
    header,
    nonce: u64,
    shortIds: list(fc.nat({ max: 2 ** 48 - 1 })),
    prefilled: fc
      .tuple(indexes, list(tx, 5))
      .map(([places, txs]) => txs.slice(0, places.length).map((one, i) => ({ index: places[i], tx: one }))),
  }),
  getblocktxn: fc.record({ blockHash: hash, indexes }),
  blocktxn: fc.record({ blockHash: hash, transactions: list(tx, 2) }),
  filterload: fc.record({
    data: fc.uint8Array({ maxLength: 50 }),
    hashFunctions: u32,
    tweak: u32,
    flags: fc.nat(255),
  }),
  filteradd: fc.record({ data: fc.uint8Array({ maxLength: 50 }) }),
};

const TYPES = Object.keys(MESSAGES).filter(isMessageType);
/** Types whose payload may end early, as old peers' did, or that have none. */
const OPEN_ENDED: readonly MessageType[] = [
  'version',
  'ping',
  'pong',
  'verack',
  'sendaddrv2',
  'wtxidrelay',
  'getaddr',
  'sendheaders',
  'mempool',
  'filterclear',
];

function messageOf(type: MessageType): fc.Arbitrary<Message> {
  return MESSAGES[type].map(fields => ({ type, ...fields }) as Message);
}

describe.each(TYPES)('%s', type => {
  it('reads back what was written, to the byte', () => {
    fc.assert(
      fc.property(messageOf(type), message => {
        const payload = encodeMessage(message);
        const again = encodeMessage(decodeMessage(type, payload));
        expect(toHex(again)).toBe(toHex(payload));
      }),
      { numRuns: 50 },
    );
  });

  it('ignores bytes after it', () => {
    fc.assert(
      fc.property(messageOf(type), fc.uint8Array({ minLength: 1, maxLength: 9 }), (message, more) => {
        if (type === 'pong' || type === 'ping') return;
        const payload = encodeMessage(message);
        const read = decodeMessage(type, Buffer.concat([payload, more]));
        expect(toHex(encodeMessage(read))).toBe(toHex(payload));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a payload that is cut short, unless it may end early', () => {
    if (OPEN_ENDED.includes(type)) return;
    fc.assert(
      fc.property(
        messageOf(type),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (message, part) => {
          const payload = encodeMessage(message);
          const cut = payload.subarray(0, Math.floor(payload.length * part));
          expect(() => decodeMessage(type, cut)).toThrow(DecodeError);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('throws nothing but DecodeError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), payload => {
        try {
          decodeMessage(type, payload);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('limits', () => {
  const oversized = (count: number) => new Writer().u32(0).compactSize(count).finish();
  const counted = (count: number) => new Writer().compactSize(count).finish();

  it.each([
    ['inv', counted(MAX_INV_SIZE + 1)],
    ['getdata', counted(MAX_INV_SIZE + 1)],
    ['notfound', counted(MAX_INV_SIZE + 1)],
    ['headers', counted(MAX_HEADERS_RESULTS + 1)],
    ['addr', counted(MAX_ADDR_TO_SEND + 1)],
    ['addrv2', counted(MAX_ADDR_TO_SEND + 1)],
    ['getheaders', oversized(MAX_LOCATOR_SIZE + 1)],
    ['getblocks', oversized(MAX_LOCATOR_SIZE + 1)],
  ] as const)('%s holds no more than the protocol allows', (type, payload) => {
    expect(() => decodeMessage(type, payload)).toThrow(LimitExceeded);
  });

  it('bounds a user agent', () => {
    const payload = encodeMessage({
      type: 'version',
      version: 1,
      services: 0n,
      time: 0,
      receiver: new Endpoint(new NetAddress('ipv4', new Uint8Array(4)), 0),
      receiverServices: 0n,
      nonce: 0n,
      subVersion: 'x'.repeat(257),
      startHeight: 0,
      relay: false,
    });
    expect(() => decodeMessage('version', payload)).toThrow('String length limit exceeded');
  });
});

describe('version', () => {
  it('of a very old peer ends after the receiver', () => {
    const payload = new Writer().i32(31800).u64(1n).i64(5n).u64(0n).bytes(new Uint8Array(18)).finish();
    expect(decodeMessage('version', payload)).toMatchObject({
      version: 31800,
      nonce: 1n,
      subVersion: '',
      startHeight: -1,
      relay: true,
    });
  });
});

describe('addrv2 (BIP155)', () => {
  const entry = (rest: string) => defined(fromHex(`01${'61bc6649'}00${rest}`), 'hex');

  it('passes over networks that it does not know', () => {
    const [address] = decodeMessage('addrv2', entry('aa0401020304208d')).addresses;
    expect(address?.endpoint.isValid).toBe(false);
  });

  it('refuses a known network with a wrong length, and an address over 512 bytes', () => {
    expect(() => decodeMessage('addrv2', entry('0105010203040500208d'))).toThrow('should be 4');
    expect(() => decodeMessage('addrv2', entry(`01fd0102${'00'.repeat(513)}208d`))).toThrow(
      'Address too long: 513 > 512',
    );
  });

  it('lets no other network hide in IPv6', () => {
    const mapped = '00000000000000000000ffff01020304';
    const [address] = decodeMessage('addrv2', entry(`0210${mapped}208d`)).addresses;
    expect(address?.endpoint.isValid).toBe(false);
  });
});

describe('block', () => {
  it('is read as it lies on disk', () => {
    const { genesis } = REGTEST;
    const payload = encodeMessage({ type: 'block', block: genesis });
    expect(payload).toEqual(Buffer.from(genesis.raw));
    expect(() => decodeMessage('block', EMPTY_BYTES)).toThrow(DecodeError);
  });
});
