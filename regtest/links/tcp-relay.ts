import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { LinkState, LinkTable } from './link-table.js';
import { Pipe } from './pipe.js';

const HOST = '127.0.0.1';

/** Bytes on their way through one direction of a connection before the relay stops reading: it must not grow without end. */
const MAX_IN_FLIGHT = 8 << 20;

/**
 * Carries the connections of one node to another through this process, under the conditions of the link between them: the
 * one connects to {@link port} here, and the relay to the other.
 */
export class TcpRelay {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly nodes: readonly [number, number],
    private readonly links: LinkTable,
    /** Of the node that connections end at; asked for each connection. */
    private readonly targetPort: () => number,
  ) {
    server.on('connection', socket => this.carry(socket));
    server.on('error', () => {});
    links.events.on('changed', this.linkChanged);
  }

  static async open(
    nodes: readonly [number, number],
    links: LinkTable,
    targetPort: () => number,
  ): Promise<TcpRelay> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: false });
    server.listen(0, HOST);
    await once(server, 'listening');
    return new TcpRelay(server, nodes, links, targetPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.links.events.off('changed', this.linkChanged);
    const closed = new Promise(resolve => this.server.close(resolve));
    this.breakAll();
    await closed;
  }

  private readonly linkChanged = ({ nodes: [a, b], conditions }: LinkState): void => {
    if (conditions.down && this.nodes.includes(a) && this.nodes.includes(b)) this.breakAll();
  };

  private breakAll(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }

  private get conditions() {
    return this.links.between(...this.nodes);
  }

  private carry(near: Socket): void {
    if (this.conditions.down) {
      near.on('error', () => {});
      near.destroy();
      return;
    }
    const far = connect({ host: HOST, port: this.targetPort() });
    this.join(near, far);
    this.join(far, near);
    near.resume();
  }

  /** What comes from `from` goes to `to`. When either closes, so does the other once all has arrived. */
  private join(from: Socket, to: Socket): void {
    const pipe = new Pipe(
      () => this.conditions,
      this.links.nextRandom(),
      bytes => {
        if (bytes === undefined) to.destroySoon();
        else if (!to.write(bytes)) pipe.pause();
      },
    );
    to.on('drain', () => pipe.resume());
    let inFlight = 0;
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      inFlight += bytes.length;
      if (inFlight > MAX_IN_FLIGHT) from.pause();
      pipe.send(bytes, () => {
        inFlight -= bytes.length;
        if (inFlight <= MAX_IN_FLIGHT && from.isPaused()) from.resume();
      });
    });
    from.on('error', () => {});
    from.on('close', () => {
      this.sockets.delete(from);
      pipe.end();
    });
    to.on('close', () => pipe.destroy());
  }
}
