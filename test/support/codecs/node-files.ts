import fc from 'fast-check';
import { writeDoubles } from '../../../src/mempool/fees/confirm-stats.js';
import { PolicyEstimator } from '../../../src/mempool/fees/policy-estimator.js';
import { encodeMempoolFile, MempoolFileReader } from '../../../src/mempool/mempool-file.js';
import {
  type PeerAddress,
  readAddressDisk,
  readAddressV1,
  readAddressV2,
  readEndpointV1,
  readHostDisk,
  writeAddressDisk,
  writeAddressV1,
  writeAddressV2,
  writeEndpointV1,
  writeHostDisk,
} from '../../../src/net/address/peer-address.js';
import { AddressManager } from '../../../src/net/address-manager/address-manager.js';
import { decodeTables, encodeTables } from '../../../src/net/address-manager/peers-file.js';
import { makeRandom } from '../../../src/net/random.js';
import { concatBytes, toHex } from '../../../src/primitives/bytes.js';
import { Writer } from '../../../src/primitives/codec.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { endpoint, hash, list, peerAddress, tx, v1Address, v2Address } from '../arbitraries.js';
import { type Entry, entry, writing } from './entry.js';
import { reading } from './properties.js';

interface MempoolContent {
  readonly transactions: readonly {
    readonly tx: Transaction;
    readonly time: number;
    readonly feeDelta: number;
  }[];
  readonly deltas: readonly { readonly txid: Uint8Array; readonly delta: number }[];
  readonly unbroadcast: readonly Uint8Array[];
}

/** Two numbers for each of the four tables of the three horizons. */
const FEE_NUMBERS = { minLength: 12, maxLength: 12 };
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

const mempoolContent: fc.Arbitrary<MempoolContent> = fc.record({
  transactions: list(fc.record({ tx, time: fc.nat(), feeDelta: fc.integer() }), 3),
  // The file has them in the order of their bytes.
  deltas: fc
    .option(fc.record({ txid: hash, delta: fc.integer() }))
    .map(some => (some === null ? [] : [some])),
  unbroadcast: fc.option(hash).map(some => (some === null ? [] : [some])),
});

function readMempool(bytes: Uint8Array): MempoolContent {
  const reader = new MempoolFileReader(Uint8Array.from(bytes));
  const transactions = [];
  while (reader.hasTransaction) transactions.push(reader.transaction());
  return { transactions, deltas: reader.deltas(), unbroadcast: reader.unbroadcast() };
}

/** A file with two buckets and one period for each horizon: as small as one can be. */
const estimatesFile = fc
  .record({
    heights: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)),
    numbers: fc.array(double, FEE_NUMBERS),
  })
  .map(({ heights, numbers }) => {
    const [first, last, best] = heights.toSorted((a, b) => a - b) as [number, number, number];
    const writer = new Writer().i32(149_900).i32(280_100).u32(best).u32(first).u32(last);
    writeDoubles(writer, [1000, 1e99]);
    const rows = numbers.map((number, i) => [number, i]);
    for (let horizon = 0; horizon < 3; horizon++) {
      const [averages = [], counts = [], confirmed = [], failed = []] = rows.slice(horizon * 4);
      writer.u64(0x3fe0000000000000n).u32(1);
      writeDoubles(writer, averages);
      writeDoubles(writer, counts);
      for (const row of [confirmed, failed]) writeDoubles(writer.compactSize(1), row);
    }
    return estimatorOf(writer.finish());
  });

function estimatorOf(file: Uint8Array): PolicyEstimator {
  const estimator = new PolicyEstimator(silentLogger);
  estimator.decode(file);
  return estimator;
}

const address = peerAddress(v2Address);

function managerOf(addresses: readonly PeerAddress[]) {
  const clock = new NodeClock();
  clock.setMockTime(1_700_000_000);
  const manager = new AddressManager({ clock, logger: silentLogger, random: makeRandom(3) });
  for (const one of addresses) manager.add([{ ...one, time: 1_700_000_000 }], one.endpoint.address);
  for (const one of addresses.slice(1)) manager.good(one.endpoint);
  return manager;
}

export const NODE_FILES: readonly Entry[] = [
  entry('address of the first form', ['readAddressV1'], {
    values: peerAddress(v1Address),
    encode: writing(writeAddressV1),
    decode: reading(readAddressV1),
    trailing: 'ignored',
  }),
  entry('address of BIP155', ['readAddressV2'], {
    values: address,
    encode: writing(writeAddressV2),
    decode: reading(readAddressV2),
    trailing: 'ignored',
  }),
  entry('address on disk', ['readAddressDisk'], {
    values: address,
    encode: writing(writeAddressDisk),
    decode: reading(readAddressDisk),
    trailing: 'ignored',
  }),
  entry('host and port', ['readEndpointV1'], {
    values: endpoint(v1Address),
    encode: writing(writeEndpointV1),
    decode: reading(readEndpointV1),
    trailing: 'ignored',
  }),
  entry('host', ['readHostDisk'], {
    values: v2Address,
    encode: writing(writeHostDisk),
    decode: reading(readHostDisk),
    trailing: 'ignored',
  }),
  entry('content of peers.dat', ['decodeTables'], {
    // Functions, for tables are too large to be shown.
    values: list(address, 4).map(addresses => {
      const { tables } = managerOf(addresses);
      return () => tables;
    }),
    encode: tables => encodeTables(tables()),
    decode: content => {
      const tables = decodeTables(content, silentLogger);
      return () => tables;
    },
    text: tables => toHex(encodeTables(tables())),
    refusal: 'Unsupported format of addrman database',
    cutEvery: 16,
    trailing: 'ignored',
    numRuns: 2,
  }),
  ...[true, false].map(isFirst =>
    entry(`mempool.dat of the ${isFirst ? 'first' : 'second'} form`, ['MempoolFileReader'], {
      values: mempoolContent,
      encode: ({ transactions, deltas, unbroadcast }) =>
        concatBytes(...encodeMempoolFile({ transactions, deltas, unbroadcast }, isFirst)),
      decode: readMempool,
      trailing: 'ignored',
      // The second form is hidden under a key.
      random: !isFirst,
    }),
  ),
  entry('fee_estimates.dat', ['PolicyEstimator', 'ConfirmStats.read', 'readDouble'], {
    values: estimatesFile,
    encode: estimator => estimator.encode(),
    decode: estimatorOf,
    text: estimator => toHex(estimator.encode()),
    trailing: 'ignored',
    numRuns: 3,
  }),
];
