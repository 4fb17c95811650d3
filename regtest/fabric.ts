import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SharedWork } from '../src/node/shared-work.js';
import { defined } from '../src/runtime/errors.js';
import { RegtestDaemon, STATES_FOLDER } from './daemon.js';
import type { NodeHost } from './host.js';
import { InProcessNode } from './in-process.js';
import type { LinkTable } from './links/link-table.js';
import { MemoryNetwork } from './links/memory-network.js';
import { TcpRelay } from './links/tcp-relay.js';

/** Nodes as processes of their own over TCP, or all in this one, in memory. */
export type NetworkMode = 'process' | 'inProcess';

export const NETWORK_MODES: readonly NetworkMode[] = ['process', 'inProcess'];

/** What a network's nodes live in and are joined by. */
export interface Fabric {
  /** One for each node, in order of their numbers; none is started. */
  readonly hosts: readonly NodeHost[];
  /** Address at which one node finds another: whatever passes there is under the conditions of the link between them. */
  addressFor(from: number, to: number): Promise<string>;
  /** After all nodes have stopped. */
  close(): Promise<void>;
}

export interface FabricOptions {
  readonly nodes: number;
  readonly links: LinkTable;
  /** Daemons have their directories in it. */
  readonly datadir: string | undefined;
  /** Nodes in memory serve RPC over HTTP, as daemons always do. */
  readonly serveRpc?: boolean | undefined;
  /** More options of blocksmithd. */
  readonly args?: readonly string[] | undefined;
  /** Options that are asked for anew at each start of a node. */
  readonly startArgs?: (() => readonly string[]) | undefined;
}

export function makeFabric(mode: NetworkMode, options: FabricOptions): Fabric {
  return mode === 'process' ? new ProcessFabric(options) : new MemoryFabric(options);
}

function nameOf(index: number): string {
  return `node${index}`;
}

/** Removes states that daemons could be brought back to, and that nobody can name any more. */
export async function removeStates(datadir: string): Promise<void> {
  await rm(join(datadir, STATES_FOLDER), { recursive: true, force: true });
}

/** Daemons, each pair joined through a relay in this process. */
class ProcessFabric implements Fabric {
  readonly hosts: readonly RegtestDaemon[];
  /** By the numbers of both nodes, the one that connects first. */
  private readonly relays = new Map<string, Promise<TcpRelay>>();

  constructor(private readonly options: FabricOptions) {
    const folder = defined(options.datadir, 'directory of the daemons');
    const { args, startArgs } = options;
    this.hosts = Array.from({ length: options.nodes }, (_, index) => {
      const name = nameOf(index);
      return new RegtestDaemon({ name, datadir: join(folder, name), args, startArgs });
    });
  }

  async addressFor(from: number, to: number): Promise<string> {
    const key = `${from} ${to}`;
    let relay = this.relays.get(key);
    if (relay === undefined) {
      const target = defined(this.hosts[to], `node ${to}`);
      relay = TcpRelay.open([from, to], this.options.links, () => target.p2pPort);
      this.relays.set(key, relay);
    }
    return `127.0.0.1:${(await relay).port}`;
  }

  async close(): Promise<void> {
    const relays = await Promise.all(this.relays.values());
    this.relays.clear();
    await Promise.all(relays.map(relay => relay.close()));
    // Nobody could name the snapshots any more.
    await removeStates(defined(this.options.datadir, 'directory of the daemons'));
  }
}

/** Ports of nodes in memory: any will do, since nobody else has to share them. */
const FIRST_MEMORY_PORT = 20_000;

class MemoryFabric implements Fabric {
  readonly hosts: readonly InProcessNode[];

  constructor({ nodes, links, serveRpc, args, startArgs }: FabricOptions) {
    const network = new MemoryNetwork(links);
    const shared = new SharedWork();
    this.hosts = Array.from({ length: nodes }, (_, index) => {
      const p2pPort = FIRST_MEMORY_PORT + index;
      const sockets = network.socketsOf(index);
      return new InProcessNode({ name: nameOf(index), p2pPort, sockets, shared, serveRpc, args, startArgs });
    });
  }

  async addressFor(_from: number, to: number): Promise<string> {
    return `127.0.0.1:${FIRST_MEMORY_PORT + to}`;
  }

  async close(): Promise<void> {}
}
