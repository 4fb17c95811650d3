import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegtestDaemon } from '../regtest/daemon.js';
import { waitFor } from '../regtest/wait.js';
import { verifyEcdsaDer } from '../src/crypto/ecdsa.js';
import { sha256 } from '../src/crypto/hash.js';
import { publicKeyOf, signEcdsa } from '../src/crypto/keys.js';
import { hashToHex } from '../src/primitives/bytes.js';
import { generateChain } from './chain-generator.js';
import { processUsage } from './process-usage.js';

const SPEC = { blocks: 2000, payments: 20_000 };
const SYNC_TIMEOUT_MS = 300_000;
const REFERENCE_CHECKS = 20_000;

/**
 * Initial block download: a node serves 2,000 blocks with 22,000 transactions to an empty one on the same machine. Time
 * runs from the start of the empty node's process to its tip; the reference is what one thread takes to check as many
 * signatures and nothing else.
 */
export async function ibd(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'blocksmith-bench-'));
  const server = new RegtestDaemon({ name: 'server', datadir: join(folder, 'server') });
  const client = new RegtestDaemon({ name: 'client', datadir: join(folder, 'client'), args: ['-par=0'] });
  try {
    const chain = await generateChain(server.datadir, SPEC);
    console.log(`generated ${chain.height} blocks, ${chain.transactions} transactions`);
    await server.start();
    const reference = referenceSeconds();
    const started = performance.now();
    await client.start();
    await client.rpc.call('addnode', `127.0.0.1:${server.p2pPort}`, 'onetry');
    const wanted = hashToHex(chain.tip);
    await waitFor(async () => (await client.rpc.call('getbestblockhash')) === wanted, {
      what: 'the empty node to reach the tip',
      timeoutMs: SYNC_TIMEOUT_MS,
    });
    const seconds = (performance.now() - started) / 1000;
    const usage = processUsage(client.pid ?? 0);
    const result = {
      blocks: chain.height,
      transactions: chain.transactions,
      seconds: round(seconds),
      cpuSeconds: round(usage.cpuSeconds),
      peakRssMB: usage.peakRssBytes === undefined ? undefined : Math.round(usage.peakRssBytes / 1e6),
      referenceSeconds: round(reference),
      ratio: round(seconds / reference),
    };
    console.log(`${'seconds'.padEnd(22)}${result.seconds}`);
    console.log(`${'CPU seconds'.padEnd(22)}${result.cpuSeconds}`);
    console.log(`${'peak RSS (MB)'.padEnd(22)}${result.peakRssMB ?? 'unknown on this system'}`);
    console.log(
      `${'reference (s)'.padEnd(22)}${result.referenceSeconds}  (${SPEC.payments} signature checks, one thread)`,
    );
    console.log(`${'ratio'.padEnd(22)}${result.ratio}`);
    return result;
  } finally {
    await Promise.allSettled([client.stop(), server.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds that one thread takes for as many raw signature checks as the chain has. */
function referenceSeconds(): number {
  const key = sha256(Buffer.from('reference'));
  const publicKey = publicKeyOf(key, true);
  const hash = sha256(publicKey);
  const signature = signEcdsa(key, hash);
  const started = performance.now();
  for (let i = 0; i < REFERENCE_CHECKS; i++) verifyEcdsaDer(signature, hash, publicKey);
  return ((performance.now() - started) / 1000) * (SPEC.payments / REFERENCE_CHECKS);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
