import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../src/net/address/endpoint.js';
import {
  ConnectFailed,
  type ListenHandlers,
  type ListeningSocket,
  type PeerSocket,
  type SocketLayer,
} from '../../src/net/connections/sockets.js';
import { asBuffer } from '../../src/primitives/bytes.js';
import type { LinkTable } from './link-table.js';
import { Pipe } from './pipe.js';

const HOST = '127.0.0.1';
/** Source ports of connections, as systems give them. */
const FIRST_EPHEMERAL_PORT = 49_152;
const LAST_PORT = 65_535;

interface ListeningNode {
  readonly node: number;
  readonly handlers: ListenHandlers;
}

/**
 * Joins nodes that live in one process, without the system's sockets. Ports are those of this network alone; each node
 * has its own way in, {@link socketsOf}, so that it is known over which link a connection goes.
 */
export class MemoryNetwork {
  private readonly listeners = new Map<number, ListeningNode>();
  private readonly open = new Set<MemorySocket>();
  private nextPort = FIRST_EPHEMERAL_PORT;

  constructor(private readonly links: LinkTable) {
    links.events.on('changed', ({ nodes, conditions }) => {
      if (conditions.down) this.breakBetween(nodes);
    });
  }

  /** How the node with this number reaches the others. */
  socketsOf(node: number): SocketLayer {
    return {
      connect: (endpoint, timeoutMs, signal) => this.connect(node, endpoint, timeoutMs, signal),
      listen: (endpoint, handlers) => this.listen(node, endpoint, handlers),
    };
  }

  private async listen(node: number, { port }: Endpoint, handlers: ListenHandlers): Promise<ListeningSocket> {
    if (this.listeners.has(port)) {
      throw Object.assign(new Error(`port ${port} is in use`), { code: 'EADDRINUSE' });
    }
    const listener = { node, handlers };
    this.listeners.set(port, listener);
    return {
      port,
      close: async () => {
        if (this.listeners.get(port) === listener) this.listeners.delete(port);
      },
    };
  }

  private async connect(
    node: number,
    endpoint: Endpoint,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PeerSocket> {
    const refuse = (why: string) => new ConnectFailed(`connect() to ${endpoint} failed: ${why}`);
    const target = this.listeners.get(endpoint.port);
    if (target === undefined) throw refuse('nobody listens there');
    const { latencyMs, down } = this.links.between(node, target.node);
    if (down) throw refuse('the link is down');
    // The two packets of TCP's greeting that come before the first data can go.
    const greetingMs = Math.min(2 * latencyMs, timeoutMs);
    if (greetingMs > 0) await delay(greetingMs, undefined, { signal }).catch(() => {});
    if (this.listeners.get(endpoint.port) !== target || signal.aborted) throw refuse('nobody listens there');
    const [near, far] = this.pair(node, target.node, endpoint.port);
    target.handlers.accepted(far);
    return near;
  }

  private pair(from: number, to: number, port: number): [MemorySocket, MemorySocket] {
    const source = this.takePort();
    const conditions = () => this.links.between(from, to);
    const near = new MemorySocket({ nodes: [from, to], localPort: source, remotePort: port });
    const far = new MemorySocket({ nodes: [to, from], localPort: port, remotePort: source });
    near.attach(far, new Pipe(conditions, this.links.nextRandom(), bytes => far.receive(bytes)));
    far.attach(near, new Pipe(conditions, this.links.nextRandom(), bytes => near.receive(bytes)));
    for (const socket of [near, far]) {
      this.open.add(socket);
      socket.on('close', () => this.open.delete(socket));
    }
    return [near, far];
  }

  private takePort(): number {
    const port = this.nextPort;
    this.nextPort = port === LAST_PORT ? FIRST_EPHEMERAL_PORT : port + 1;
    return port;
  }

  private breakBetween([a, b]: readonly [number, number]): void {
    for (const socket of [...this.open])
      if (socket.nodes.includes(a) && socket.nodes.includes(b)) socket.destroy();
  }
}

interface SocketEvents {
  data: [bytes: Buffer];
  end: [];
  close: [];
  error: [error: Error];
}

interface SocketPlace {
  /** This end's node, and the other's. */
  readonly nodes: readonly [number, number];
  readonly localPort: number;
  readonly remotePort: number;
}

/** One end of a connection in memory. */
class MemorySocket extends EventEmitter<SocketEvents> implements PeerSocket {
  readonly localAddress = HOST;
  readonly remoteAddress = HOST;
  readonly localPort: number;
  readonly remotePort: number;
  readonly nodes: readonly [number, number];
  private other: MemorySocket | undefined;
  private out: Pipe | undefined;
  private destroyed = false;

  constructor(place: SocketPlace) {
    super();
    this.nodes = place.nodes;
    this.localPort = place.localPort;
    this.remotePort = place.remotePort;
  }

  /** @param out carries what this end writes to the other */
  attach(other: MemorySocket, out: Pipe): void {
    this.other = other;
    this.out = out;
  }

  write(bytes: Uint8Array, sent?: () => void): void {
    if (!this.destroyed) this.out?.send(bytes, sent);
  }

  cork(): void {}

  uncork(): void {}

  setNoDelay(): void {}

  /** What comes to this end waits in the pipe of the other. */
  pause(): void {
    this.other?.out?.pause();
  }

  resume(): void {
    this.other?.out?.resume();
  }

  receive(bytes: Uint8Array | undefined): void {
    if (this.destroyed) return;
    if (bytes !== undefined) this.emit('data', asBuffer(bytes));
    else this.emit('end');
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.other?.out?.destroy();
    this.out?.end();
    queueMicrotask(() => this.emit('close'));
  }
}
