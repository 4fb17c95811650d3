import { connect, createServer, type Socket } from 'node:net';
import { formatAddress } from '../address/address-text.js';
import type { Endpoint } from '../address/endpoint.js';
import { ConnectFailed, type ListenHandlers, type ListeningSocket, type SocketLayer } from './sockets.js';

/** Connections that the system may hold for us before we take them. */
const BACKLOG = 4096;

/** Bytes that are read at once, as by Node.js itself. */
const READ_SIZE = 64 << 10;

/** Peers over TCP. */
export const tcpSockets: SocketLayer = { connect: connectTcp, listen: listenTcp };

/**
 * Most of what a node gets comes over connections that it made: blocks, while it catches up. These read into the same memory
 * again and again; Node.js would take new memory for each read, which waits for the garbage collector.
 */
type LendingSocket = Socket & { readonly lendsBytes: true };

function connectTcp(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<LendingSocket> {
  return new Promise((resolve, reject) => {
    const callback = (length: number, bytes: Uint8Array) => socket.emit('data', bytes.subarray(0, length));
    const opened = connect({
      host: formatAddress(endpoint.address),
      port: endpoint.port,
      timeout: timeoutMs,
      onread: { buffer: Buffer.allocUnsafeSlow(READ_SIZE), callback },
    });
    // Nothing keeps what comes before somebody listens.
    const socket: LendingSocket = Object.assign(opened.pause(), { lendsBytes: true as const });
    const fail = (why: string) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      reject(new ConnectFailed(why));
    };
    const onAbort = () => fail(`connection attempt to ${endpoint} was broken off`);
    // Stays: an error before the connection listens must not go unheard.
    socket.on('error', error => fail(`connect() to ${endpoint} failed: ${error.message}`));
    socket.once('timeout', () => fail(`connection attempt to ${endpoint} timed out`));
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      resolve(socket);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}

async function listenTcp(
  { address, port }: Endpoint,
  { accepted, failed }: ListenHandlers,
): Promise<ListeningSocket> {
  const server = createServer({ pauseOnConnect: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: formatAddress(address), port, ipv6Only: true, backlog: BACKLOG }, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', failed);
  server.on('connection', accepted);
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
