import { AssertionError } from 'node:assert';
import { RegtestNetwork } from '../../regtest/network.js';
import { Random } from '../../regtest/random.js';
import type { NetworkSnapshot } from '../../regtest/snapshots/network-snapshot.js';
import { defined } from '../../src/runtime/errors.js';
import { settle, stateOf } from '../network-state.js';
import { processUsage } from '../process-usage.js';
import type { Report } from '../report.js';
import { quantile } from '../statistics.js';

const NODES = 4;
const HEIGHT = 200;
/** Snapshots taken, and as many reverts, in random order. */
const ROUNDS = 1000;
/** Snapshots held at a time: the others are dropped. */
const HELD = 20;
const SEED = 1;
/** The heap and the caches have found their size by then. */
const WARM_UP = 200;

interface Taken {
  readonly snapshot: NetworkSnapshot;
  readonly state: string;
}

/**
 * A network in one process that is kept busy with payments and blocks, and taken back to random snapshots. Every time all
 * of its state is compared; what is timed is the snapshot and the revert alone.
 */
export async function snapshots(report: Report): Promise<void> {
  await using network = await RegtestNetwork.create({ nodes: NODES, mode: 'inProcess', seed: SEED });
  const height = await network.node(0).rpc.call('getblockcount');
  await network.node(0).mine(HEIGHT - height, network.faucet.address);
  await network.waitForSync();
  const random = new Random(SEED);
  const held: Taken[] = [];
  const times = { snapshot: [] as number[], revert: [] as number[] };
  let rssBefore = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (round === WARM_UP) rssBefore = collectedRss();
    await work(network, random);
    held.push(await take(network, times.snapshot));
    const back = defined(held[random.below(held.length)], 'a snapshot');
    const started = performance.now();
    await network.revert(back.snapshot);
    times.revert.push(performance.now() - started);
    requireSame(await stateOf(network), back.state, round);
    if (held.length <= HELD) continue;
    const [dropped] = held.splice(random.below(held.length), 1);
    if (dropped !== undefined) await network.drop(dropped.snapshot);
  }
  const { peakRssBytes } = processUsage(process.pid);
  const what = `${NODES} nodes, ${HEIGHT} blocks`;
  report.add({ name: `snapshot of ${what}`, unit: 'ms', values: times.snapshot });
  report.add({ name: `revert of ${what}`, unit: 'ms', values: times.revert });
  report.add({ name: 'revert, slowest of 99 %', unit: 'ms', values: [quantile(times.revert, 0.99)] });
  report.add({
    name: 'memory grown since the start',
    unit: 'MB',
    values: [(collectedRss() - rssBefore) / 1e6],
  });
  if (peakRssBytes !== undefined)
    report.add({ name: 'peak memory', unit: 'MB', values: [peakRssBytes / 1e6] });
}

/** A payment, and now and then a block, at random nodes. */
async function work(network: RegtestNetwork, random: Random): Promise<void> {
  const [from, to] = [network.node(random.below(NODES)), network.node(random.below(NODES))];
  await from.wallet().call('sendtoaddress', to.key.address, 0.01);
  await settle([network.nodes]);
  if (random.below(4) === 0) await network.node(random.below(NODES)).mine(1, network.faucet.address);
  await settle([network.nodes]);
}

async function take(network: RegtestNetwork, times: number[]): Promise<Taken> {
  const started = performance.now();
  const snapshot = await network.snapshot();
  times.push(performance.now() - started);
  return { snapshot, state: await stateOf(network) };
}

function requireSame(actual: string, expected: string, round: number): void {
  if (actual === expected) return;
  throw new AssertionError({ message: `round ${round}: not what it was`, actual, expected, operator: '===' });
}

function collectedRss(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
