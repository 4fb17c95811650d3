import type { NodeMemory } from '../src/node/home.js';
import type { NodeEvent } from '../src/node/node-event.js';
import type { RpcCaller } from './rpc/caller.js';
import type { NodeState } from './snapshots/node-state.js';

/** Lines of a node's log that tell enough of what happened last. */
export const LOG_TAIL_LINES = 15;

/**
 * What a host tells: what its node does, and that the node answers calls (`started`), was stopped as an operator would
 * (`stopped`), or came to an end by itself or by force (`ended`). Nothing of a run is told after its end.
 */
export type HostEvent =
  | NodeEvent
  | { readonly type: 'node'; readonly state: 'started' | 'stopped' | 'ended' };

/** Where a node lives: a process of its own, or this one. */
export interface NodeHost {
  /** In the user agent, so that nodes tell each other apart. */
  readonly name: string;
  /** Calls to the node. @throws Error before the first start */
  readonly rpc: RpcCaller;
  /** Where peers connect to, on 127.0.0.1 or in the network in memory. */
  readonly p2pPort: number;
  /** Where RPC is served on 127.0.0.1; undefined when it is not. */
  readonly rpcPort: number | undefined;
  /** Options by which blocksmith-cli reaches the node while it runs; undefined when it serves no RPC over HTTP. */
  readonly clientArgs: readonly string[] | undefined;
  readonly isRunning: boolean;
  /** Resolves when what runs now has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Has `listener` told what happens, from the next start on. One listener at most; nothing is gathered without it. */
  onEvent(listener: (event: HostEvent) => void): void;
  /** Starts the node and resolves when it answers calls. After a stop it is the same node again. */
  start(): Promise<void>;
  /** Stops the node as an operator would: all is kept. */
  stop(): Promise<void>;
  /** Ends the node as a crash would: what was not written is lost. */
  kill(): Promise<void>;
  /** Resolves when the node, once started, has its mempool again. */
  caughtUp(): Promise<void>;
  /** Nodes that keep their data in memory can be saved while they run; others have to be stopped first. */
  readonly savesWhileRunning: boolean;
  /** All that the node keeps, as it is now: chain, coins, wallets, mempool. */
  save(): Promise<NodeState>;
  /** What the node keeps is from now on what it was. The node must not run. */
  restore(state: NodeState): Promise<void>;
  /** Makes a state that this node can be brought to, of what some node kept. */
  stateOf(memory: NodeMemory): Promise<NodeState>;
  /** The last lines of the node's log. */
  logTail(lines?: number): string;
}
