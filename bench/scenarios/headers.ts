import { setTimeout as delay } from 'node:timers/promises';
import { chainParams } from '../../src/consensus/networks.js';
import { ScalarScanner } from '../../src/crypto/sha256/scalar-scanner.js';
import { Writer } from '../../src/primitives/codec.js';
import { BlockHeader, HEADER_SIZE } from '../../src/primitives/header.js';
import { type RawMessage, RawPeer } from '../../test/support/raw-peer.js';
import { RUNS } from '../benchmark.js';
import { hashesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const HEADERS = 100_000;

/** Headers of one message. */
const LOT = 2000;

const POLL_MS = 5;
const TIMEOUT_MS = 120_000;

/** The target of regtest, 32 bytes little-endian: 7fffff followed by zeros. */
const REGTEST_TARGET = Buffer.concat([Buffer.alloc(29), Buffer.from('ffff7f', 'hex')]);

interface ChainInfo {
  readonly headers: number;
}

/** A peer that has 100,000 headers tells them to a daemon with none: from the handshake until it has them all. */
export async function headers(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const chain = headerChain();
  const reference = { name: `${HEADERS} hashes of headers`, value: HEADERS / hashesPerSecond() };
  for (const subject of subjects()) {
    const values: number[] = [];
    for (let run = 0; run < RUNS; run++)
      values.push(await syncOnce(subject, folder.next(subject.name), chain));
    report.add({ name: `${subject.name}, ${HEADERS} headers`, unit: 's', values, reference });
  }
}

async function syncOnce(subject: Subject, datadir: string, chain: Buffer): Promise<number> {
  await using daemon = await BenchDaemon.start(subject, datadir);
  const started = performance.now();
  const peer = await HeaderPeer.connect(daemon.p2pPort, chain);
  try {
    while ((await daemon.rpc.call<ChainInfo>('getblockchaininfo')).headers < HEADERS) {
      if (performance.now() - started > TIMEOUT_MS)
        throw new Error(`${subject.name} does not take the headers`);
      await delay(POLL_MS);
    }
    return (performance.now() - started) / 1000;
  } finally {
    peer.close();
  }
}

/** Valid headers on top of regtest's genesis, one after the other. */
function headerChain(): Buffer {
  const { genesis } = chainParams('regtest');
  const chain = Buffer.alloc(HEADERS * HEADER_SIZE);
  let previous = genesis.header;
  for (let at = 0; at < chain.length; at += HEADER_SIZE) {
    const raw = chain.subarray(at, at + HEADER_SIZE);
    raw.set(genesis.header.raw);
    raw.writeInt32LE(0x20000000, 0);
    raw.set(previous.hash, 4);
    raw.writeUInt32LE(previous.time + 1, 68);
    raw.writeUInt32LE(new ScalarScanner(raw, REGTEST_TARGET).scan(0, 0xffffffff), 76);
    previous = new BlockHeader(raw);
  }
  return chain;
}

/** Answers each request for headers with the next ones. */
class HeaderPeer {
  private sent = 0;

  private constructor(private readonly chain: Buffer) {}

  static async connect(port: number, chain: Buffer): Promise<RawPeer> {
    const self = new HeaderPeer(chain);
    const early: RawMessage[] = [];
    let raw: RawPeer | undefined;
    raw = await RawPeer.handshake(port, message => {
      if (raw === undefined) early.push(message);
      else self.answer(raw, message);
    });
    for (const message of early) self.answer(raw, message);
    return raw;
  }

  private answer(peer: RawPeer, { type, payload }: RawMessage): void {
    if (type === 'ping') peer.send('pong', payload);
    if (type !== 'getheaders') return;
    const lot = this.chain.subarray(this.sent * HEADER_SIZE, (this.sent + LOT) * HEADER_SIZE);
    const count = lot.length / HEADER_SIZE;
    this.sent += count;
    const writer = new Writer(count * (HEADER_SIZE + 1) + 3).compactSize(count);
    for (let at = 0; at < lot.length; at += HEADER_SIZE)
      writer.bytes(lot.subarray(at, at + HEADER_SIZE)).u8(0);
    peer.send('headers', writer.finish());
  }
}
