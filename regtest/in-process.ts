import { randomBytes } from 'node:crypto';
import { chainParams } from '../src/consensus/networks.js';
import type { SocketLayer } from '../src/net/connections/sockets.js';
import { NodeMemory } from '../src/node/home.js';
import { Node } from '../src/node/node.js';
import { parseDaemonArgs, prepareMemoryNode } from '../src/node/prepare.js';
import { runDetached } from '../src/runtime/queue.js';
import { type HostEvent, LOG_TAIL_LINES, type NodeHost } from './host.js';
import { labSettings } from './node-settings.js';
import { RpcCaller, RpcUnreachable, requestBody, resultOf } from './rpc-caller.js';

/** Lines of each node's log that are kept. */
const LOG_LINES = 500;

const RPC_USER = 'lab';

export interface InProcessOptions {
  /** Letters, digits and dashes. */
  readonly name: string;
  /** Where peers connect to, in the network in memory. */
  readonly p2pPort: number;
  readonly sockets: SocketLayer;
  /** Serve RPC over HTTP as well, on a free port of 127.0.0.1. */
  readonly serveRpc?: boolean | undefined;
  /** More options of blocksmithd. */
  readonly args?: readonly string[] | undefined;
}

/** A node in this process, that keeps its data in memory. */
export class InProcessNode implements NodeHost {
  readonly rpc: RpcCaller = new DirectCaller(() => this.node, undefined);
  private memory = NodeMemory.empty(chainParams('regtest'));
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
    const settings = parseDaemonArgs(argumentsFor(this.options, this.password));
    const node = new Node(prepareMemoryNode(settings, this.memory), {
      sockets: this.options.sockets,
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
  }

  stop(): Promise<void> {
    return this.end('stopped');
  }

  async kill(): Promise<void> {
    const survives = this.memory.clone();
    await this.end('ended');
    this.memory = survives;
  }

  /** All that the node keeps, as it is now. The node must run. */
  async snapshot(): Promise<NodeMemory> {
    const copy = await this.node?.copyMemory();
    if (copy === undefined) throw new Error(`${this.name} does not run`);
    return copy;
  }

  /** Makes the node what it was when the snapshot was taken, as often as wanted. It runs afterwards. */
  async revert(snapshot: NodeMemory): Promise<void> {
    await this.stop();
    this.memory = snapshot.clone();
    await this.start();
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

function argumentsFor({ name, p2pPort, serveRpc, args = [] }: InProcessOptions, password: string): string[] {
  const server = [
    '-server=1',
    '-rpcport=0',
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
