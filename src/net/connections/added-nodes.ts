import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { type Endpoint, parseEndpoint } from '../address/endpoint.js';
import type { AddedNode } from '../api.js';
import type { ConnectionManager } from './connection-manager.js';
import { MAX_ADDNODE_CONNECTIONS } from './limits.js';
import { Sleeper } from './sleeper.js';

/** Machine milliseconds between attempts, between rounds, and between rounds that had to try something. */
const ATTEMPT_PAUSE_MS = 500;
const ROUND_PAUSE_MS = 2000;
const RETRY_PAUSE_MS = 60_000;

/** The nodes that the user wants to be connected to: keeps trying. */
export class AddedNodes {
  private readonly nodes: string[] = [];
  private readonly sleeper: Sleeper;
  private running: Promise<void> | undefined;

  constructor(
    private readonly defaultPort: number,
    private readonly manager: ConnectionManager,
    clock: Clock,
    private readonly logger: Logger,
  ) {
    this.sleeper = new Sleeper(clock);
  }

  start(): void {
    this.logger.info('addcon thread start');
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.sleeper.stop();
    await this.running;
  }

  /** False when the node, or one with the same address, was added before. */
  add(node: string): boolean {
    const endpoint = this.endpoint(node);
    for (const known of this.nodes) {
      if (known === node) return false;
      if (endpoint !== undefined && this.endpoint(known)?.equals(endpoint)) return false;
    }
    this.nodes.push(node);
    if (this.running !== undefined) void this.attempt(node);
    return true;
  }

  remove(node: string): boolean {
    const at = this.nodes.indexOf(node);
    if (at < 0) return false;
    this.nodes.splice(at, 1);
    return true;
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Automatic connections leave it to us to connect to these. */
  includes(endpoint: Endpoint): boolean {
    const host = endpoint.toString().replace(/:\d+$/, '');
    return this.nodes.includes(host) || this.nodes.includes(endpoint.toString());
  }

  list(): AddedNode[] {
    return this.nodes.map(node => {
      const endpoint = this.endpoint(node);
      const found =
        endpoint === undefined ? this.manager.findByName(node) : this.manager.findByEndpoint(endpoint);
      if (found === undefined) return { node, connection: undefined };
      return { node, connection: { address: found.endpoint.toString(), inbound: found.isInbound } };
    });
  }

  private endpoint(node: string): Endpoint | undefined {
    return parseEndpoint(node, this.defaultPort);
  }

  private async run(): Promise<void> {
    for (let go = true; go; ) {
      let tried = false;
      for (const { node, connection } of this.list()) {
        if (connection !== undefined || this.manager.count('manual') >= MAX_ADDNODE_CONNECTIONS) continue;
        tried = true;
        await this.attempt(node);
        if (!(await this.sleeper.sleep(ATTEMPT_PAUSE_MS))) return;
      }
      go = await this.sleeper.sleep(tried ? RETRY_PAUSE_MS : ROUND_PAUSE_MS);
    }
  }

  private async attempt(node: string): Promise<void> {
    await this.manager.open({ type: 'manual', destination: node });
  }
}
