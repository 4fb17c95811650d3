import { randomBytes } from 'node:crypto';
import { chainParams } from '../src/consensus/networks.js';
import type { SocketLayer } from '../src/net/connections/sockets.js';
import { NodeMemory } from '../src/node/home.js';
import { Node } from '../src/node/node.js';
import { type PreparedNode, parseDaemonArgs, prepareMemoryNode } from '../src/node/prepare.js';
import type { SharedWork } from '../src/node/shared-work.js';
import { StartError } from '../src/runtime/errors.js';
import { runDetached } from '../src/runtime/queue.js';
import { type HostEvent, LOG_TAIL_LINES, type NodeHost } from './host.js';
import { labSettings } from './node-settings.js';
import { RpcCaller, RpcUnreachable, requestBody, resultOf } from './rpc/caller.js';
import type { SnapshotTip } from './snapshots/network-snapshot.js';
import type { NodeState } from './snapshots/node-state.js';

type Prepared = Omit<PreparedNode, 'home' | 'loadOnStart'>;

/** Lines of each node's log that are kept. */
const LOG_LINES = 500;

const RPC_USER = 'lab';

export interface InProcessOptions {
  /** Letters, digits and dashes. */
  readonly name: string;
  /** Where peers connect to, in the network in memory. */
  readonly p2pPort: number;
  readonly sockets: SocketLayer;
  /** Of the nodes of a network; without it each does all for itself. */
  readonly shared?: SharedWork | undefined;
  /** Serve RPC over HTTP as well, on a free port of 127.0.0.1. */
  readonly serveRpc?: boolean | undefined;
  /** More options of blocksmithd. */
  readonly args?: readonly string[] | undefined;
  /** Options that are asked for anew at each start. */
  readonly startArgs?: (() => readonly string[]) | undefined;
}

/** A node in this process, that keeps its data in memory. */
export class InProcessNode implements NodeHost {
  readonly rpc: RpcCaller = new DirectCaller(() => this.node, undefined);
  private memory = NodeMemory.empty(chainParams('regtest'));
  private prepared: { readonly text: string; readonly rest: Prepared } | undefined;
  /** Where RPC was served last: those who call keep finding it there. 0 before the first start. */
  private lastRpcPort = 0;
  private node: Node | undefined;
  private ended: Promise<void> = Promise.resolve();
  private listener: ((event: HostEvent) => void) | undefined;
  private readonly log: string[] = [];
  /** Of the HTTP server, for as long as this object lives. */
  private readonly password = randomBytes(16).toString('hex');

  constructor(private readonly options: InProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get p2pPort(): number {
    return this.options.p2pPort;
  }

  get rpcPort(): number | undefined {
    return this.node?.rpcPort || undefined;
  }

  get clientArgs(): readonly string[] | undefined {
    const { rpcPort } = this;
    if (rpcPort === undefined) return undefined;
    return ['-regtest', `-rpcport=${rpcPort}`, `-rpcuser=${RPC_USER}`, `-rpcpassword=${this.password}`];
  }

  get isRunning(): boolean {
    return this.node !== undefined;
  }

  get exited(): Promise<void> {
    return this.ended;
  }

  onEvent(listener: (event: HostEvent) => void): void {
    this.listener = listener;
  }

  async start(): Promise<void> {
    if (this.node !== undefined) return;
    try {
      await this.run();
    } catch (thrown) {
      // Somebody else may have taken the port meanwhile.
      if (!(thrown instanceof StartError) || this.lastRpcPort === 0) throw thrown;
      this.lastRpcPort = 0;
      await this.run();
    }
  }

  private async run(): Promise<void> {
    const node = new Node(this.prepare(), {
      sockets: this.options.sockets,
      ...(this.options.shared === undefined ? {} : { shared: this.options.shared }),
      logLine: line => this.keepLine(line),
      ...(this.listener === undefined ? {} : { onEvent: this.listener }),
    });
    this.ended = new Promise(resolve => {
      node.events.once('stopRequested', () => {
        runDetached(this.end('ended').then(resolve), message => this.keepLine(message));
      });
      node.events.once('stopped', resolve);
    });
    await node.start();
    this.node = node;
    this.listener?.({ type: 'node', state: 'started' });
    this.lastRpcPort = node.rpcPort;
  }

  /** What the same options say is the same at every start. */
  private prepare(): PreparedNode {
    const startArgs = this.options.startArgs?.() ?? [];
    const args = argumentsFor(this.options, startArgs, this.password, this.lastRpcPort);
    const text = args.join('\n');
    if (this.prepared?.text !== text) {
      const {
        home: _home,
        loadOnStart: _loadOnStart,
        ...rest
      } = prepareMemoryNode(parseDaemonArgs(args), this.memory);
      this.prepared = { text, rest };
    }
    const { memory } = this;
    return { ...this.prepared.rest, home: { kind: 'memory', memory }, loadOnStart: memory };
  }

  stop(): Promise<void> {
    return this.end('stopped');
  }

  async kill(): Promise<void> {
    const survives = this.memory.clone();
    await this.end('ended');
    this.memory = survives;
  }

  readonly savesWhileRunning = true;

  async caughtUp(): Promise<void> {
    await this.node?.caughtUp;
  }

  async save(): Promise<MemoryState> {
    return new MemoryState((await this.node?.copyMemory()) ?? this.memory.clone());
  }

  async restore(state: NodeState): Promise<void> {
    if (this.node !== undefined) throw new Error(`${this.name} runs: it cannot be given another state`);
    this.memory = (await state.memory()).clone();
  }

  async stateOf(memory: NodeMemory): Promise<MemoryState> {
    return new MemoryState(memory);
  }

  logTail(lines = LOG_TAIL_LINES): string {
    return this.log.slice(-lines).join('\n');
  }

  private async end(state: 'stopped' | 'ended'): Promise<void> {
    const { node } = this;
    if (node === undefined) return;
    this.node = undefined;
    await node.stop();
    this.listener?.({ type: 'node', state });
  }

  private keepLine(line: string): void {
    this.log.push(line);
    if (this.log.length > 2 * LOG_LINES) this.log.splice(0, LOG_LINES);
  }
}

/** What a node in this process kept at one moment. Never changed: nodes get clones. */
class MemoryState implements NodeState {
  constructor(private readonly kept: NodeMemory) {}

  get bytes(): number {
    return this.kept.bytes;
  }

  get tip(): SnapshotTip | undefined {
    return this.kept.tip;
  }

  async memory(): Promise<NodeMemory> {
    return this.kept;
  }

  async drop(): Promise<void> {}
}

function argumentsFor(
  { name, p2pPort, serveRpc, args = [] }: InProcessOptions,
  startArgs: readonly string[],
  password: string,
  rpcPort: number,
): string[] {
  const server = [
    '-server=1',
    `-rpcport=${rpcPort}`,
    '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1',
    `-rpcuser=${RPC_USER}`,
    `-rpcpassword=${password}`,
  ];
  return [
    '-regtest',
    ...(serveRpc === true ? server : ['-server=0']),
    ...labSettings(name).map(setting => `-${setting}`),
    `-bind=127.0.0.1:${p2pPort}`,
    `-port=${p2pPort}`,
    '-connect=0',
    '-discover=0',
    '-fixedseeds=0',
    // Memory holds what was written to it.
    '-checkblocks=1',
    '-checklevel=0',
    ...startArgs,
    ...args,
  ];
}

/** Calls without a socket. */
class DirectCaller extends RpcCaller {
  private lastId = 0;

  constructor(
    private readonly node: () => Node | undefined,
    private readonly walletName: string | undefined,
  ) {
    super();
  }

  wallet(name: string): RpcCaller {
    return new DirectCaller(this.node, name);
  }

  async request<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const node = this.node();
    if (node === undefined) throw new RpcUnreachable(`${method}: the node does not run`);
    const body = requestBody(++this.lastId, method, params);
    const reply = await node.answer(body, this.walletName);
    return resultOf(method, { status: reply.status, text: reply.body ?? '' }) as T;
  }

  close(): void {}
}
