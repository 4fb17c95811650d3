import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { waitFor } from '../../regtest/wait.js';
import { frame, RawPeer, sha256d } from '../support/raw-peer.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const EASY_BITS = 0x207fffff;

describe('a hostile peer', () => {
  let folder: string;
  let node: RegtestDaemon;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-hostile-'));
    // Without the lab's permissions: peers are to be judged as strangers are.
    node = new RegtestDaemon({ name: 'target', datadir: join(folder, 'node'), args: ['-nowhitelist'] });
    await node.start();
    await node.rpc.call('generatetoaddress', 5, ADDRESS);
  });

  afterAll(async () => {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const height = () => node.rpc.call('getblockcount');
  const tip = async () => Buffer.from(await node.rpc.call('getbestblockhash'), 'hex').reverse();
  const peerCount = async () => (await node.rpc.call('getpeerinfo')).length;

  /** The node is as it was: running, at the same height, without the peer. */
  const expectUnharmed = async () => {
    expect(await height()).toBe(5);
    await waitFor(async () => (await peerCount()) === 0, { what: 'the peer to be gone' });
  };

  /** A header on the tip; without `work` its hash misses even the easiest target. */
  const header = async (merkleRoot: Buffer, work: boolean): Promise<Buffer> => {
    const bytes = Buffer.alloc(80);
    bytes.writeInt32LE(0x20000000, 0);
    (await tip()).copy(bytes, 4);
    merkleRoot.copy(bytes, 36);
    bytes.writeUInt32LE(Math.floor(Date.now() / 1000), 68);
    bytes.writeUInt32LE(EASY_BITS, 72);
    for (let nonce = 0; ; nonce++) {
      bytes.writeUInt32LE(nonce, 76);
      const meets = ((sha256d(bytes)[31] as number) & 0x80) === 0;
      if (meets === work) return bytes;
    }
  };

  it('that sends garbage is disconnected', async () => {
    const peer = await RawPeer.connect(node.p2pPort);
    peer.sendRaw(randomBytes(512));
    await peer.waitForClose();
    await expectUnharmed();
  });

  it('that opens with an encrypted handshake is disconnected at once, so that it can come again unencrypted', async () => {
    const peer = await RawPeer.connect(node.p2pPort);
    peer.sendRaw(randomBytes(64));
    await peer.waitForClose();
    const again = await RawPeer.handshake(node.p2pPort);
    await again.sync();
    again.close();
    await expectUnharmed();
  });

  it('with the magic of another network is disconnected', async () => {
    const peer = await RawPeer.connect(node.p2pPort);
    peer.sendRaw(frame('version', Buffer.alloc(86), Buffer.from('f9beb4d9', 'hex')));
    await peer.waitForClose();
    await expectUnharmed();
  });

  it('that announces a message over the limit is disconnected before it sends it', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    const oversized = frame('block', Buffer.alloc(0));
    oversized.writeUInt32LE(4_000_001, 16);
    peer.sendRaw(oversized);
    await peer.waitForClose();
    await expectUnharmed();
  });

  it('whose checksum is wrong loses that message only', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    const spoiled = frame('ping', Buffer.alloc(8));
    spoiled.writeUInt32LE(0xdeadbeef, 20);
    peer.sendRaw(spoiled);
    await peer.sync();
    peer.close();
    await expectUnharmed();
  });

  it('that sends a block cut short loses nothing of ours', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    peer.send('block', (await header(Buffer.alloc(32), true)).subarray(0, 60));
    await peer.sync();
    peer.close();
    await expectUnharmed();
  });

  it('that sends a header without proof of work is disconnected', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    const payload = Buffer.concat([Buffer.of(1), await header(Buffer.alloc(32), false), Buffer.of(0)]);
    peer.send('headers', payload);
    await peer.waitForClose();
    await expectUnharmed();
  });

  it('that sends a block without a coinbase is disconnected', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    // One transaction that spends what is not there: version, one input, one output, lock time.
    const tx = Buffer.concat([
      Buffer.from('01000000', 'hex'),
      Buffer.from('01', 'hex'),
      Buffer.alloc(32, 0xab),
      Buffer.from('00000000', 'hex'),
      Buffer.from('00', 'hex'),
      Buffer.from('ffffffff', 'hex'),
      Buffer.from('01', 'hex'),
      Buffer.from('0100000000000000', 'hex'),
      Buffer.from('00', 'hex'),
      Buffer.from('00000000', 'hex'),
    ]);
    peer.send('block', Buffer.concat([await header(sha256d(tx), true), Buffer.of(1), tx]));
    await peer.waitForClose();
    await expectUnharmed();
  });

  it('that asks for headers gets an answer, also when there are none', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    const version = Buffer.alloc(4);
    version.writeUInt32LE(70016);
    peer.send('getheaders', Buffer.concat([version, Buffer.of(1), await tip(), Buffer.alloc(32)]));
    await peer.waitFor('headers', message => message.payload.equals(Buffer.of(0)));
    peer.close();
    await expectUnharmed();
  });

  it('that asks for what does not exist is told so', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    const wanted = Buffer.concat([Buffer.of(1), Buffer.from('01000000', 'hex'), Buffer.alloc(32, 0xcd)]);
    peer.send('getdata', wanted);
    const { payload } = await peer.waitFor('notfound');
    expect(payload.equals(wanted)).toBe(true);
    peer.close();
    await expectUnharmed();
  });

  it('that sends unknown message types is kept', async () => {
    const peer = await RawPeer.handshake(node.p2pPort);
    peer.send('nonsense', randomBytes(100));
    await peer.sync();
    peer.close();
    await expectUnharmed();
  });
});
