import { defined } from '../../src/runtime/errors.js';
import { JobQueue } from '../../src/runtime/queue.js';
import type { RegtestNode } from '../node.js';
import type { NetworkDump } from './dump.js';
import { type NetworkSnapshot, SnapshotGone } from './network-snapshot.js';
import type { SavedNetwork, SavedNode } from './saved-network.js';
import type { SnapshotPart } from './snapshot-part.js';

/** Snapshots that a network holds. One of four nodes with 200 blocks takes a megabyte when nothing of it is shared. */
export const MAX_SNAPSHOTS = 2000;

/** Snapshots and reverts that wait for the one before. */
const MAX_WAITING = 1000;

export interface SnapshotModules {
  readonly nodes: readonly RegtestNode[];
  readonly parts: readonly SnapshotPart[];
  /** Makes the connections that are meant to be there. */
  readonly reconnect: () => Promise<void>;
  /** Unix seconds by the clock of the network. */
  readonly now: () => number;
}

/** Takes snapshots of a network and brings it back to them, one at a time. */
export class NetworkSnapshots {
  private readonly held = new Map<NetworkSnapshot, SavedNetwork>();
  private readonly queue = new JobQueue('snapshots', MAX_WAITING);

  constructor(private readonly modules: SnapshotModules) {}

  /** @throws RangeError when too many are held */
  take(): Promise<NetworkSnapshot> {
    return this.queue.push(async () => {
      this.requireRoom();
      return this.hold(await this.save());
    });
  }

  /** @throws SnapshotGone */
  revert(snapshot: NetworkSnapshot): Promise<void> {
    return this.queue.push(() => this.restore(this.find(snapshot)));
  }

  /** @throws SnapshotGone */
  drop(snapshot: NetworkSnapshot): Promise<void> {
    return this.queue.push(async () => {
      const saved = this.find(snapshot);
      this.held.delete(snapshot);
      await dropAll(saved);
    });
  }

  /** What a snapshot, or without one the network, holds: `work` must be done with it when it resolves. */
  look<T>(snapshot: NetworkSnapshot | undefined, work: (saved: SavedNetwork) => Promise<T>): Promise<T> {
    return this.queue.push(async () => {
      if (snapshot !== undefined) return work(this.find(snapshot));
      const saved = await this.save();
      try {
        return await work(saved);
      } finally {
        await dropAll(saved);
      }
    });
  }

  /**
   * Holds what was dumped by a network with as many nodes.
   *
   * @throws DumpError when something in it cannot be brought back
   * @throws RangeError when too many are held
   */
  adopt({ nodes: dumped, parts: states, time }: NetworkDump): Promise<NetworkSnapshot> {
    const { nodes, parts } = this.modules;
    return this.queue.push(async () => {
      this.requireRoom();
      for (const part of parts) part.prepare(states[part.name]);
      const saved = await Promise.all(
        nodes.map(async ({ host, index }) => {
          const { memory, ...node } = of(dumped, index);
          return { ...node, state: await host.stateOf(memory) };
        }),
      );
      return this.hold({ nodes: saved, parts: states, time });
    });
  }

  private requireRoom(): void {
    if (this.held.size < MAX_SNAPSHOTS) return;
    throw new RangeError(`a network holds ${MAX_SNAPSHOTS} snapshots at most: drop some`);
  }

  private hold(saved: SavedNetwork): NetworkSnapshot {
    const snapshot: NetworkSnapshot = {
      tips: saved.nodes.map(({ tip }) => tip),
      time: saved.time,
      bytes: saved.nodes.reduce((sum, { state }) => sum + state.bytes, 0),
    };
    this.held.set(snapshot, saved);
    return snapshot;
  }

  private find(snapshot: NetworkSnapshot): SavedNetwork {
    const saved = this.held.get(snapshot);
    if (saved === undefined) throw new SnapshotGone('the snapshot was dropped, or is of another network');
    return saved;
  }

  private async save(): Promise<SavedNetwork> {
    const { nodes, parts, now } = this.modules;
    const states = Object.fromEntries(parts.map(part => [part.name, part.save()]));
    const toStop = nodes.filter(({ host }) => host.isRunning && !host.savesWhileRunning);
    const seen = await Promise.all(nodes.map(look));
    await Promise.all(toStop.map(({ host }) => host.stop()));
    try {
      const saved = await Promise.all(nodes.map(({ host }) => host.save()));
      return {
        nodes: seen.map((node, index) => {
          const state = of(saved, index);
          // What was looked at first may have changed until the node was saved.
          return { ...node, tip: node.isRunning ? (state.tip ?? node.tip) : undefined, state };
        }),
        parts: states,
        time: now(),
      };
    } finally {
      if (toStop.length > 0) await this.resume(seen);
    }
  }

  private async restore({ nodes: saved, parts: states }: SavedNetwork): Promise<void> {
    const { nodes, parts } = this.modules;
    const preparations = parts.map(part => part.prepare(states[part.name]));
    await Promise.all(nodes.map(({ host }) => host.stop()));
    await Promise.all(nodes.map(({ host, index }) => host.restore(of(saved, index).state)));
    for (const bringBack of preparations) await bringBack();
    await this.resume(saved);
  }

  /** Starts the nodes that are to run, with their wallets, and joins them. */
  private async resume(seen: readonly SeenNode[]): Promise<void> {
    const { nodes, reconnect } = this.modules;
    const starting = nodes.filter(node => of(seen, node.index).isRunning && !node.isRunning);
    const started = await Promise.allSettled(
      starting.map(async node => {
        await node.host.start();
        await openWallets(node, of(seen, node.index).wallets);
        await node.host.caughtUp();
      }),
    );
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    await reconnect();
  }
}

type SeenNode = Omit<SavedNode, 'state'>;

function of<T>(list: readonly T[], index: number): T {
  return defined(list[index], `node ${index} of the snapshot`);
}

async function look({ rpc, isRunning }: RegtestNode): Promise<SeenNode> {
  if (!isRunning) return { isRunning, wallets: [], tip: undefined };
  const [{ bestblockhash, blocks }, wallets] = await Promise.all([
    rpc.call('getblockchaininfo'),
    rpc.call('listwallets'),
  ]);
  return { isRunning, wallets, tip: { hash: bestblockhash, height: blocks } };
}

/** Some may be loaded already, by settings of the node. */
async function openWallets({ rpc }: RegtestNode, wanted: readonly string[]): Promise<void> {
  const loaded = await rpc.call('listwallets');
  for (const name of wanted) if (!loaded.includes(name)) await rpc.call('loadwallet', name);
  for (const name of loaded) if (!wanted.includes(name)) await rpc.call('unloadwallet', name);
}

async function dropAll({ nodes }: SavedNetwork): Promise<void> {
  await Promise.all(nodes.map(({ state }) => state.drop()));
}
