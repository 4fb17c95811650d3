import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { sha256 } from '../../src/crypto/hash.js';
import { hashModule } from '../../src/crypto/sha256/hash-module.js';
import { ScalarScanner } from '../../src/crypto/sha256/scalar-scanner.js';
import { scanModule } from '../../src/crypto/sha256/scan-module.js';
import { nonceScanner, sha256Name } from '../../src/crypto/sha256.js';
import { PowPool } from '../../src/miner/pow-pool.js';
import { Block } from '../../src/primitives/block.js';
import { BlockHeader } from '../../src/primitives/header.js';
import { assert } from '../../src/runtime/errors.js';
import { RUNS } from '../benchmark.js';
import { hashesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { median } from '../statistics.js';

/** The header that is searched for a nonce, and a target that none meets. */
const HEADER = Buffer.alloc(80, 7);
const NO_HASH = new Uint8Array(32);

/** Compact form of the target 1, which no hash meets either. */
const NO_HASH_BITS = 0x03000001;

/** Nonces of one measurement: half a second to a second in WebAssembly. */
const NONCES = 1 << 22;

/** Real blocks of the conformance data. The first two are of one megabyte, the last one has witnesses. */
const BLOCKS = [
  ['1 MB, one large transaction (367891)', 'with-prevouts/main-367891.block'],
  ['1 MB, 1557 transactions (413567)', 'mainnet-413567.raw'],
  ['1.6 MB, 2544 transactions (831329)', 'mainnet-831328-831335/0831329.bin'],
] as const;

const BLOCKS_FOLDER = join(process.env.BLOCKSMITH_SHARED ?? join('..', 'shared'), 'vectors/blocks');

/** What is done before the figure: code is compiled by and by, and the last stage is what a node runs on. */
const WARM_UP = 150;

/** Headers of the largest message. */
const HEADERS = 2000;

/** Hashing: the search for a nonce on a core and on two, and what is hashed of blocks and headers when they arrive. */
export async function hash(report: Report): Promise<void> {
  report.note(`SHA-256: ${sha256Name()}`);
  const openssl = { name: 'node:crypto, one by one', value: hashesPerSecond() };
  report.add({ name: 'SHA-256d of a header, node:crypto', unit: '/s', values: [openssl.value] });
  report.add({ name: 'the same, noble', unit: '/s', values: nobleRates(), reference: openssl });
  addModules(report);
  await addMining(report, openssl);
  addHeaders(report);
  addBlocks(report);
}

/** Milliseconds to write the modules, in the first run with code that was never run before. */
function addModules(report: Report): void {
  const generate = () => time(() => [scanModule(), hashModule()]);
  report.add({ name: 'modules written for the first time', unit: 'ms', values: [generate()] });
}

async function addMining(report: Report, reference: { name: string; value: number }): Promise<void> {
  const scalar = new ScalarScanner(HEADER, NO_HASH);
  const fastest = nonceScanner(HEADER, NO_HASH);
  const rates = (scan: (start: number, count: number) => unknown, count: number) => {
    scan(0, count / 4);
    return repeat(() => (count / time(() => scan(0, count))) * 1000);
  };
  const inScalar = rates((start, count) => scalar.scan(start, count), NONCES / 8);
  report.add({ name: 'search, plain JavaScript', unit: '/s', values: inScalar, reference });
  const inVectors = rates((start, count) => fastest.scan(start, count), NONCES);
  report.add({ name: 'search, this thread', unit: '/s', values: inVectors, reference });
  for (const threads of [1, 2]) {
    const { perSecond, perCoreSecond } = await poolRates(threads);
    report.add({ name: `search, pool of ${threads}`, unit: '/s', values: perSecond, reference });
    report.add({ name: `search, pool of ${threads}, each core-second`, unit: '/s', values: perCoreSecond });
  }
}

/** Nonces a second of the pool that mines, by the clock and by processor time: what others use of the machine shows. */
async function poolRates(threads: number) {
  const pool = new PowPool(threads);
  const header = Buffer.from(HEADER);
  header.writeUInt32LE(NO_HASH_BITS, 72);
  const search = (tries: number) => pool.search(header, 0, tries);
  const perSecond: number[] = [];
  const perCoreSecond: number[] = [];
  try {
    await search(NONCES);
    for (let run = 0; run < RUNS; run++) {
      const [started, usedBefore] = [performance.now(), process.cpuUsage()];
      const { tries } = await search(2 * threads * NONCES);
      perSecond.push((tries / (performance.now() - started)) * 1000);
      const { user, system } = process.cpuUsage(usedBefore);
      perCoreSecond.push((tries / (user + system)) * 1e6);
    }
  } finally {
    await pool.stop();
  }
  return { perSecond, perCoreSecond };
}

function addHeaders(report: Report): void {
  const raw = Buffer.alloc(HEADERS * 81, 5);
  const message = () =>
    Array.from({ length: HEADERS }, (_, i) => new BlockHeader(raw.subarray(81 * i, 81 * i + 80)));
  const oneByOne = () => measured(message, headers => headers.map(header => header.hash));
  const values = measured(message, headers => BlockHeader.makeHashes(headers));
  const reference = { name: 'one by one', value: median(oneByOne()) };
  report.add({ name: `hashes of ${HEADERS} headers`, unit: 'ms', values, reference });
}

function addBlocks(report: Report): void {
  for (const [name, file] of BLOCKS) {
    const path = join(BLOCKS_FOLDER, file);
    if (!existsSync(path)) {
      report.note(`skipped: block ${name} is not here (BLOCKSMITH_SHARED)`);
      continue;
    }
    const raw = readFileSync(path);
    const reference = { name: 'SHA-256 of its bytes', value: median(measured(() => raw, sha256)) };
    const values = measured(
      () => raw,
      bytes => {
        const block = Block.parse(bytes);
        assert(
          block.merkle().root.every((byte, i) => byte === block.header.merkleRoot[i]),
          'merkle root',
        );
      },
    );
    report.add({ name: `parse, ids and root: ${name}`, unit: 'ms', values, reference });
  }
}

function nobleRates(): number[] {
  const count = 20_000;
  return repeat(() => {
    const ms = time(() => {
      for (let done = 0; done < count; done++) nobleSha256(nobleSha256(HEADER));
    });
    return (count / ms) * 1000;
  });
}

/** Milliseconds that `run` takes with what `prepare` makes, when its code has been run for a while. */
function measured<T>(prepare: () => T, run: (given: T) => unknown): number[] {
  for (let i = 0; i < WARM_UP; i++) run(prepare());
  return repeat(() => {
    const given = prepare();
    return time(() => run(given));
  });
}

function time(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: RUNS }, measure);
}
