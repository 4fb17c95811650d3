import fc from 'fast-check';
import { Endpoint } from '../../src/net/address/endpoint.js';
import { ADDRESS_SIZES, NetAddress } from '../../src/net/address/net-address.js';
import type { PeerAddress } from '../../src/net/address/peer-address.js';
import { Block } from '../../src/primitives/block.js';
import { BlockHeader } from '../../src/primitives/header.js';
import { Transaction } from '../../src/primitives/transaction.js';

/** Values of every shape that codecs have to carry. */

export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
export const hash = bytes(32);
export const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
export const u32 = fc.nat({ max: 0xffffffff });
export const list = <T>(item: fc.Arbitrary<T>, maxLength = 5) => fc.array(item, { maxLength });

export const header = bytes(80).map(raw => new BlockHeader(raw));

const inputs = list(
  fc.record({
    prevout: fc.record({ txid: hash, vout: u32 }),
    scriptSig: fc.uint8Array({ maxLength: 10 }),
    sequence: u32,
    witness: list(fc.uint8Array({ maxLength: 5 }), 2),
  }),
).filter(some => some.length > 0);
const outputs = list(fc.record({ value: fc.nat(), script: fc.uint8Array({ maxLength: 10 }) }));

/** With witnesses or without, and with at least one input. */
export const tx = fc
  .record({ version: fc.integer(), inputs, outputs, lockTime: u32 })
  .map(parts => Transaction.from(parts));

export const block = fc.tuple(header, list(tx, 2)).map(([head, txs]) => Block.from(head, txs));

/** Addresses that survive their codec: the ranges of IPv6 that hide other networks do not. */
export const v1Address = fc.oneof(
  bytes(4).map(raw => new NetAddress('ipv4', raw)),
  bytes(14).map(raw => new NetAddress('ipv6', Uint8Array.of(0x2a, 1, ...raw))),
);
export const v2Address = fc.oneof(
  v1Address,
  ...(['onion', 'i2p', 'cjdns'] as const).map(kind =>
    bytes(ADDRESS_SIZES[kind]).map(raw => new NetAddress(kind, raw)),
  ),
);

export const endpoint = (address: fc.Arbitrary<NetAddress>) =>
  fc.tuple(address, fc.nat({ max: 0xffff })).map(([host, port]) => new Endpoint(host, port));

export const peerAddress = (address: fc.Arbitrary<NetAddress>): fc.Arbitrary<PeerAddress> =>
  fc.record({ endpoint: endpoint(address), services: u64, time: u32 });
