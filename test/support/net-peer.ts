import { connect, createServer, type Server, type Socket } from 'node:net';
import { NO_ENDPOINT } from '../../src/net/address/endpoint.js';
import { NODE_NETWORK, NODE_WITNESS } from '../../src/net/services.js';
import { V1Transport } from '../../src/net/transport/v1.js';
import {
  decodeMessage,
  encodeMessage,
  isMessageType,
  type Message,
  type MessageOf,
  type MessageType,
} from '../../src/net/wire/messages.js';
import { defined } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { REGTEST } from './chain-builder.js';
import { until } from './net-node.js';

/** A peer made of a socket and a list of what came over it: it does only what a test tells it. */
export class TestPeer {
  readonly received: Message[] = [];
  readonly unknown: string[] = [];
  closed = false;
  bytesReceived = 0;
  /** What it does by itself when a message comes. */
  onMessage: (message: Message) => void = () => {};
  private readonly transport: V1Transport;

  constructor(
    readonly socket: Socket,
    readonly magic: Uint8Array = REGTEST.magic,
  ) {
    this.transport = new V1Transport(magic, 0, silentLogger);
    socket.on('data', bytes => {
      this.bytesReceived += bytes.length;
      this.transport.receive(bytes, {
        message: (type, payload) => {
          if (!isMessageType(type)) {
            this.unknown.push(type);
            return;
          }
          const message = decodeMessage(type, Buffer.from(payload));
          this.received.push(message);
          this.onMessage(message);
        },
        rejected: () => {},
        send: () => {},
      });
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => {});
  }

  send(message: Message): void {
    this.sendRaw(message.type, encodeMessage(message));
  }

  sendRaw(type: string, payload: Uint8Array): void {
    for (const part of this.transport.frame(type, payload)) this.socket.write(part);
  }

  all<T extends MessageType>(type: T): MessageOf<T>[] {
    return this.received.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** The first message of a type that fits, waiting for it if need be. */
  async next<T extends MessageType>(
    type: T,
    fits: (message: MessageOf<T>) => boolean = () => true,
  ): Promise<MessageOf<T>> {
    await until(`${type} comes`, () => this.all(type).some(fits));
    return defined(this.all(type).find(fits), type);
  }

  /** Everything sent so far was processed: a ping was answered. */
  async sync(): Promise<void> {
    const nonce = BigInt(this.received.length + 1) << 32n;
    this.send({ type: 'ping', nonce });
    await this.next('pong', pong => pong.nonce === nonce);
  }

  async waitClosed(): Promise<void> {
    await until('the connection is closed', () => this.closed);
  }

  sendVersion(changes: Partial<MessageOf<'version'>> = {}): void {
    this.send({
      type: 'version',
      version: 70016,
      services: NODE_NETWORK | NODE_WITNESS,
      time: REGTEST.genesis.header.time,
      receiver: NO_ENDPOINT,
      receiverServices: 0n,
      nonce: 42n,
      subVersion: '/test:1/',
      startHeight: 0,
      relay: true,
      ...changes,
    });
  }

  /** Version, features, verack. */
  async handshake(changes: Partial<MessageOf<'version'>> = {}): Promise<this> {
    this.sendVersion(changes);
    await this.next('verack');
    this.send({ type: 'wtxidrelay' });
    this.send({ type: 'verack' });
    await this.sync();
    return this;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Opens a connection to a node. */
export function dial(port: number): Promise<TestPeer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', reject);
    socket.once('connect', () => resolve(new TestPeer(socket)));
  });
}

/** Listens for connections of nodes. */
export class TestListener {
  readonly peers: TestPeer[] = [];

  private constructor(
    private readonly server: Server,
    behave: (peer: TestPeer, message: Message) => void,
  ) {
    server.on('connection', socket => {
      const peer = new TestPeer(socket);
      peer.onMessage = message => behave(peer, message);
      this.peers.push(peer);
    });
  }

  /** @param behave what each peer does by itself when a message comes */
  static async open(behave: (peer: TestPeer, message: Message) => void = () => {}): Promise<TestListener> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return new TestListener(server, behave);
  }

  get address(): string {
    const bound = this.server.address();
    return `127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
  }

  /** The first connection that came or comes. */
  async accept(): Promise<TestPeer> {
    await until('a node connects', () => this.peers.length > 0);
    return defined(this.peers[0], 'connection');
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.close();
    await new Promise(resolve => this.server.close(resolve));
  }
}
