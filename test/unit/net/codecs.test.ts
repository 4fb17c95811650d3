import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Endpoint } from '../../../src/net/address/endpoint.js';
import { NetAddress } from '../../../src/net/address/net-address.js';
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
import { EMPTY_BYTES, fromHex } from '../../../src/primitives/bytes.js';
import { DecodeError, Writer } from '../../../src/primitives/codec.js';
import { defined } from '../../../src/runtime/errors.js';
import {
  block,
  endpoint,
  hash,
  header,
  list,
  peerAddress,
  tx,
  u32,
  u64,
  v1Address,
  v2Address,
} from '../../support/arbitraries.js';
import { REGTEST } from '../../support/chain-builder.js';
import {
  type CodecUnderTest,
  comesBack,
  minds,
  plain,
  refusesEveryTruncation,
  throwsNothingElse,
} from '../../support/codecs/properties.js';

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
    receiver: endpoint(v1Address),
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
  block: fc.record({ block }),
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

/** A message of `type` with its fields as they are written. */
function codecOf(type: MessageType): CodecUnderTest<Message> {
  return {
    values: MESSAGES[type].map(fields => ({ type, ...fields }) as Message),
    encode: message => encodeMessage(message),
    decode: payload => decodeMessage(type, payload),
    // How long a pong was is not part of what it says.
    text: message => plain(message.type === 'pong' ? { ...message, size: 0 } : message),
    trailing: 'ignored',
    numRuns: 50,
  };
}

/** Types whose payload may end early, as old peers' did; see below. */
const OPEN_ENDED: readonly MessageType[] = ['version', 'ping', 'pong'];

describe.each(TYPES)('%s', type => {
  const codec = codecOf(type);

  it('reads back what was written, to the byte', () => comesBack(codec));

  it('ignores bytes after it, as Core does', () => minds(codec));

  it.skipIf(OPEN_ENDED.includes(type))('refuses a payload that is cut short, wherever', () =>
    refusesEveryTruncation(codec),
  );

  it('throws nothing but DecodeError for any bytes', () => throwsNothingElse(codec));
});

describe('messages that may end early', () => {
  it.each(['ping', 'pong'] as const)('%s without a whole nonce has none, as before BIP31', type => {
    const payload = encodeMessage({ type: 'ping', nonce: 0x0102030405060708n });
    for (let end = 0; end < 8; end++)
      expect(decodeMessage(type, payload.slice(0, end)).nonce, `${end} bytes`).toBeUndefined();
  });

  it('version may end behind the receiver and behind each field that came later, and nowhere else', () => {
    fc.assert(
      fc.property(codecOf('version').values, message => {
        const payload = encodeMessage(message);
        const readable = Array.from({ length: payload.length }, (_, end) => end).filter(end => {
          try {
            decodeMessage('version', payload.slice(0, end));
            return true;
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(DecodeError);
            return false;
          }
        });
        // Receiver; sender's address and nonce; user agent; height.
        const agent = 46 + 26 + 8;
        const height = payload.length - 5;
        expect(readable).toEqual([46, agent, height, height + 4]);
      }),
      { numRuns: 25 },
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
