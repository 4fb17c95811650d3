import { errorMessage, StartError } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { Endpoint, parseEndpoint } from '../address/endpoint.js';
import { NetAddress } from '../address/net-address.js';
import { PERMISSION_NONE, type PermissionFlags, parseWhitebind } from '../permissions.js';
import type { ListeningSocket, PeerSocket, SocketLayer } from './sockets.js';

export interface Bind {
  readonly endpoint: Endpoint;
  readonly permissions: PermissionFlags;
  /** The onion service forwards to it. */
  readonly isOnion: boolean;
  /** A failure to bind is passed over. */
  readonly optional: boolean;
}

export interface ListenOptions {
  readonly bind: readonly string[];
  readonly whitebind: readonly string[];
  readonly port: number;
}

const ANY_IPV4 = new NetAddress('ipv4', new Uint8Array(4));
const ANY_IPV6 = new NetAddress('ipv6', new Uint8Array(16));
const LOOPBACK = new NetAddress('ipv4', Uint8Array.of(127, 0, 0, 1));

/** The binds that the options ask for; without any, all addresses. @throws StartError with Core's sentence */
export function parseBinds({ bind, whitebind, port }: ListenOptions): Bind[] {
  // Port 0 lets the system choose, for the onion target too.
  const onionPort = port === 0 ? 0 : port + 1;
  const own = bind.map(text => parseBind(text, port, onionPort));
  const white = whitebind.map(text => {
    const { endpoint, flags } = parseWhitebind(text);
    return { endpoint, permissions: flags, isOnion: false, optional: false };
  });
  const plain = (address: NetAddress, optional: boolean, isOnion = false): Bind => ({
    endpoint: new Endpoint(address, isOnion ? onionPort : port),
    permissions: PERMISSION_NONE,
    isOnion,
    optional,
  });
  const binds = [...own.filter(({ isOnion }) => !isOnion), ...white, ...own.filter(({ isOnion }) => isOnion)];
  if (own.length === 0) binds.push(plain(LOOPBACK, false, true));
  if (bind.length === 0 && whitebind.length === 0) binds.push(plain(ANY_IPV4, false), plain(ANY_IPV6, true));
  return binds;
}

function parseBind(text: string, port: number, onionPort: number): Bind {
  const [address, isOnion] = text.endsWith('=onion')
    ? [text.slice(0, -'=onion'.length), true]
    : [text, false];
  const endpoint = parseEndpoint(address, isOnion ? onionPort : port);
  if (endpoint === undefined) throw new StartError(`Cannot resolve -bind address: '${text}'`);
  return { endpoint, isOnion, permissions: PERMISSION_NONE, optional: false };
}

export interface Listener {
  readonly bind: Bind;
  /** With the port that the system gave where 0 was asked for. */
  readonly endpoint: Endpoint;
}

/** The sockets that we listen on. */
export class Listeners {
  private readonly servers: ListeningSocket[] = [];
  readonly open: Listener[] = [];

  constructor(
    private readonly sockets: SocketLayer,
    private readonly logger: Logger,
    private readonly accept: (socket: PeerSocket, listener: Listener) => void,
  ) {}

  /** @throws StartError when an address is taken or not ours */
  async start(binds: readonly Bind[]): Promise<void> {
    for (const bind of binds) {
      try {
        await this.listen(this.withSharedPort(bind));
      } catch (thrown) {
        const sentence = bindFailure(bind.endpoint, thrown);
        this.logger.error(sentence);
        if (bind.optional) continue;
        await this.stop();
        const hint = 'Failed to listen on any port. Use -listen=0 if you want this.';
        throw new StartError(`${sentence}\nError: ${hint}`);
      }
    }
  }

  async stop(): Promise<void> {
    const closing = this.servers.map(server => server.close());
    this.servers.length = 0;
    this.open.length = 0;
    await Promise.all(closing);
  }

  /** `::` after `0.0.0.0` with port 0 takes the port that the latter got. */
  private withSharedPort(bind: Bind): Bind {
    const first = this.open.find(({ endpoint }) => endpoint.address.isAny);
    const { address, port } = bind.endpoint;
    if (port !== 0 || !address.isAny || first === undefined) return bind;
    return { ...bind, endpoint: new Endpoint(address, first.endpoint.port) };
  }

  private async listen(bind: Bind): Promise<void> {
    let listener: Listener = { bind, endpoint: bind.endpoint };
    const server = await this.sockets.listen(bind.endpoint, {
      accepted: socket => this.accept(socket, listener),
      failed: error => this.logger.info(`socket error accept failed: ${error.message}`),
    });
    listener = { bind, endpoint: new Endpoint(bind.endpoint.address, server.port) };
    this.servers.push(server);
    this.open.push(listener);
    this.logger.info(`Bound to ${listener.endpoint}`);
  }
}

function bindFailure(endpoint: Endpoint, thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  const where = `Unable to bind to ${endpoint} on this computer`;
  if (code === 'EADDRINUSE') return `${where}. Blocksmith is probably already running.`;
  return `${where} (bind returned error ${errorMessage(thrown)})`;
}
