import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import type { Endpoint } from '../address/endpoint.js';
import { netGroup } from '../address/net-group.js';
import type { NodeId } from '../api.js';
import type { ConnectionType } from '../connection-type.js';
import type { NetworkName } from '../network-name.js';
import { hasPermission, type PermissionFlags } from '../permissions.js';
import type { Transport } from '../transport/transport.js';
import { KNOWN_TYPES } from '../wire/messages.js';
import type { PeerSocket } from './sockets.js';

/** A message as it waits for its turn. */
export interface ReceivedMessage {
  readonly type: string;
  readonly payload: Uint8Array;
  readonly wireSize: number;
  /** Clock's milliseconds of arrival, and the machine's. */
  readonly timeMs: number;
  readonly steadyMs: number;
}

export interface ConnectionSettings {
  readonly id: NodeId;
  readonly type: ConnectionType;
  readonly endpoint: Endpoint;
  /** Our end. */
  readonly bind: Endpoint;
  /** The name that the user gave, where it was one. */
  readonly destination: string | undefined;
  readonly permissions: PermissionFlags;
  /** Our nonce in the version message. */
  readonly localNonce: bigint;
  readonly keyedNetGroup: bigint;
  /** Came to a port that the onion service forwards to. */
  readonly inboundOnion: boolean;
  /** Is discouraged: the first to go when slots are full. */
  readonly preferEvict: boolean;
  /** Bytes of messages that may wait before reading stops, and bytes that may wait to be sent before its requests do. */
  readonly maxReceiveBuffer: number;
  readonly maxSendBuffer: number;
}

export interface ConnectionHandlers {
  /** A message has come into the queue. */
  received(connection: Connection): void;
  /** The send buffer has room again. */
  writable(connection: Connection): void;
  /** The connection is to be forgotten; comes once. */
  closed(connection: Connection): void;
  /** Bytes went over the wire. */
  transferred(received: number, sent: number): void;
  /** For -capturemessages. */
  captured?(connection: Connection, type: string, payload: Uint8Array, incoming: boolean): void;
}

/** Type under which bytes of unknown messages are counted. */
export const OTHER_MESSAGES = '*other*';

/**
 * One peer: bytes in and out, the queue of messages that wait to be processed, and what is counted. What the
 * messages mean is none of its business.
 */
export class Connection {
  readonly id: NodeId;
  readonly type: ConnectionType;
  readonly endpoint: Endpoint;
  readonly bind: Endpoint;
  readonly name: string;
  /** Unix seconds. */
  readonly connected: number;
  /** The handshake is over. */
  handshakeDone = false;
  /** It is being closed: nothing more is processed or sent. */
  disconnecting = false;
  lastSend = 0;
  lastRecv = 0;
  bytesSent = 0;
  bytesReceived = 0;
  readonly sentPerMessage = new Map<string, number>();
  readonly receivedPerMessage = new Map<string, number>();
  /** Things that eviction and getpeerinfo look at; set by the protocol. Unix seconds, milliseconds. */
  lastBlock = 0;
  lastTransaction = 0;
  pingMs: number | undefined;
  minPingMs: number | undefined;
  relaysTxs = false;
  bloomFilterLoaded = false;
  hasWantedServices = false;

  private readonly queue: ReceivedMessage[] = [];
  private queuedBytes = 0;
  private unsentBytes = 0;
  private paused = false;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly socket: PeerSocket,
    readonly transport: Transport,
    private readonly modules: { readonly clock: Clock; readonly logger: Logger },
    private readonly handlers: ConnectionHandlers,
  ) {
    this.id = settings.id;
    this.type = settings.type;
    this.endpoint = settings.endpoint;
    this.bind = settings.bind;
    this.name = settings.destination ?? settings.endpoint.toString();
    this.connected = modules.clock.now();
    this.listen();
    this.debug(`Added connection peer=${this.id}`);
  }

  get isInbound(): boolean {
    return this.type === 'inbound';
  }

  get isBlockOnly(): boolean {
    return this.type === 'block-relay-only';
  }

  get permissions(): PermissionFlags {
    return this.settings.permissions;
  }

  get destination(): string | undefined {
    return this.settings.destination;
  }

  get localNonce(): bigint {
    return this.settings.localNonce;
  }

  get keyedNetGroup(): bigint {
    return this.settings.keyedNetGroup;
  }

  get preferEvict(): boolean {
    return this.settings.preferEvict;
  }

  get inboundOnion(): boolean {
    return this.settings.inboundOnion;
  }

  get netGroup(): Uint8Array {
    return netGroup(this.endpoint.address);
  }

  /** The network it came through. */
  get network(): NetworkName {
    return this.settings.inboundOnion ? 'onion' : this.endpoint.address.networkClass;
  }

  may(permission: PermissionFlags): boolean {
    return hasPermission(this.settings.permissions, permission);
  }

  /** More waits to be sent than may: its requests are not served until it reads. */
  get sendPaused(): boolean {
    return this.unsentBytes > this.settings.maxSendBuffer;
  }

  /** Messages wait to be processed. */
  get hasMessages(): boolean {
    return this.queue.length > 0;
  }

  /** Takes the oldest message; reading goes on when that makes room. */
  takeMessage(): ReceivedMessage | undefined {
    const message = this.queue.shift();
    if (message === undefined) return undefined;
    this.queuedBytes -= message.wireSize;
    if (this.paused && this.queuedBytes <= this.settings.maxReceiveBuffer) {
      this.paused = false;
      this.socket.resume();
    }
    return message;
  }

  send(type: string, payload: Uint8Array): void {
    if (this.disconnecting) return;
    this.debug(`sending ${type} (${payload.length} bytes) peer=${this.id}`);
    this.handlers.captured?.(this, type, payload, false);
    const parts = this.transport.frame(type, payload);
    this.socket.cork();
    for (const part of parts) this.write(part);
    this.socket.uncork();
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    count(this.sentPerMessage, type, size);
  }

  /** Closes the connection. What was not sent yet is lost. */
  disconnect(): void {
    if (this.disconnecting) return;
    this.disconnecting = true;
    this.debug(`disconnecting peer=${this.id}`);
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.socket.destroy();
    this.handlers.closed(this);
  }

  private write(bytes: Uint8Array): void {
    this.unsentBytes += bytes.length;
    this.bytesSent += bytes.length;
    this.handlers.transferred(0, bytes.length);
    this.socket.write(bytes, () => {
      const wasPaused = this.sendPaused;
      this.unsentBytes -= bytes.length;
      this.lastSend = this.modules.clock.now();
      if (wasPaused && !this.sendPaused) this.handlers.writable(this);
    });
  }

  private listen(): void {
    const { socket } = this;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('end', () => {
      if (!this.disconnecting) this.debug(`socket closed for peer=${this.id}`);
      this.disconnect();
    });
    socket.on('error', error => {
      if (!this.disconnecting) this.debug(`socket recv error for peer=${this.id}: ${error.message}`);
      this.disconnect();
    });
    socket.on('close', () => this.disconnect());
    socket.resume();
  }

  private receive(bytes: Buffer): void {
    if (this.disconnecting) return;
    this.lastRecv = this.modules.clock.now();
    this.bytesReceived += bytes.length;
    this.handlers.transferred(bytes.length, 0);
    const before = this.queue.length;
    const ok = this.transport.receive(bytes, {
      message: (type, payload, wireSize) => this.enqueue(type, payload, wireSize),
      rejected: wireSize => count(this.receivedPerMessage, OTHER_MESSAGES, wireSize),
      send: reply => this.write(reply),
    });
    if (!ok) {
      this.disconnect();
      return;
    }
    if (this.queuedBytes > this.settings.maxReceiveBuffer && !this.paused) {
      this.paused = true;
      this.socket.pause();
    }
    if (this.queue.length > before) this.handlers.received(this);
  }

  private enqueue(type: string, payload: Uint8Array, wireSize: number): void {
    count(this.receivedPerMessage, KNOWN_TYPES.has(type) ? type : OTHER_MESSAGES, wireSize);
    const { clock } = this.modules;
    this.queue.push({ type, payload, wireSize, timeMs: clock.nowMs(), steadyMs: clock.steadyMs() });
    this.queuedBytes += wireSize;
    this.handlers.captured?.(this, type, payload, true);
  }

  private debug(message: string): void {
    this.modules.logger.debug('net', message);
  }
}

function count(counts: Map<string, number>, type: string, bytes: number): void {
  counts.set(type, (counts.get(type) ?? 0) + bytes);
}
