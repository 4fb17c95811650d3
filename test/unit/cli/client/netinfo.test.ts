import { describe, expect, it } from 'vitest';
import { call, requests, serveResults } from '../../../support/client-run.js';

describe('-netinfo', () => {
  const NETWORK = JSON.stringify({
    version: 280100,
    protocolversion: 70016,
    subversion: '/Blocksmith:0.1.0/',
    networks: [
      { name: 'ipv4', reachable: true },
      { name: 'ipv6', reachable: false },
    ],
    localaddresses: [{ address: '1.2.3.4', port: 8333, score: 4 }],
  });
  const peer = (changes: object) => ({
    id: 1,
    addr: '5.6.7.8:8333',
    network: 'ipv4',
    inbound: false,
    connection_type: 'outbound-full-relay',
    transport_protocol_type: 'v2',
    relaytxes: true,
    version: 70016,
    subver: '/Satoshi:28.1.0/',
    conntime: Math.floor(Date.now() / 1000) - 300,
    last_block: 0,
    last_transaction: 0,
    lastrecv: 0,
    lastsend: 0,
    minping: 0.0123,
    pingtime: 0.5,
    addr_processed: 1000,
    addr_rate_limited: 0,
    addr_relay_enabled: true,
    bip152_hb_to: true,
    bip152_hb_from: false,
    ...changes,
  });
  const PEERS = JSON.stringify([
    peer({}),
    peer({
      id: 12,
      inbound: true,
      connection_type: 'inbound',
      network: 'not_publicly_routable',
      relaytxes: false,
    }),
    peer({ id: 3, connection_type: 'manual', minping: 0.001 }),
  ]);

  it('counts peers by network and direction', async () => {
    const stub = await serveResults({ getpeerinfo: PEERS, getnetworkinfo: NETWORK });
    const { out } = await call(stub, '-netinfo');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^Blocksmith client \S+ regtest - server 70016\/Blocksmith:0\.1\.0\/$/);
    expect(lines.slice(2, 6).map(line => line.trim().split(/ +/))).toEqual([
      ['ipv4', 'npr', 'total', 'block', 'manual'],
      ['in', '0', '1', '1'],
      ['out', '2', '0', '2', '0', '1'],
      ['total', '2', '1', '3'],
    ]);
    expect(out).toContain('\n\nLocal addresses\n1.2.3.4     port   8333    score      4');
  });

  it('lists peers from level 1 on: inbound first, then by ping', async () => {
    const stub = await serveResults({ getpeerinfo: PEERS, getnetworkinfo: NETWORK });
    const rows = async (...level: string[]) =>
      (await call(stub, '-netinfo', ...level)).out
        .split('\n')
        .filter(line => /^ *(in|out) .*\bipv4|npr .*\b12\b/.test(line));
    const plain = await rows('1');
    expect(plain.map(row => row.trim().split(/ +/).slice(0, 6))).toEqual([
      ['in', 'npr', '2', '12', '500', '*'],
      ['out', 'manual', 'ipv4', '2', '1', '500'],
      ['out', 'full', 'ipv4', '2', '12', '500'],
    ]);
    expect(plain.join()).not.toContain('5.6.7.8');
    expect((await rows('2')).every(row => row.endsWith('5.6.7.8:8333'))).toBe(true);
    expect((await rows('3')).every(row => row.endsWith('70016/Satoshi:28.1.0/'))).toBe(true);
    expect((await rows('200')).every(row => row.endsWith('5.6.7.8:8333 70016/Satoshi:28.1.0/'))).toBe(true);
    expect(await rows('0')).toEqual([]);
  });

  it('explains itself, and refuses what is no level', async () => {
    const stub = await serveResults({});
    expect((await call(stub, '-netinfo', 'help')).out).toMatch(/^-netinfo level\|"help"\n/);
    for (const level of ['256', '1.5', 'x']) {
      expect((await call(stub, '-netinfo', level)).err).toBe(
        `error: invalid -netinfo argument: ${level}\nFor more information, run: blocksmith-cli -netinfo help`,
      );
    }
    expect(stub.calls).toEqual([]);
  });

  it('is not asked for with -nonetinfo', async () => {
    const stub = await serveResults({ stop: '1' });
    expect((await call(stub, '-nonetinfo', 'stop')).out).toBe('1');
  });
});

describe('-addrinfo', () => {
  it('counts addresses by network', async () => {
    const nodes = ['ipv4', 'ipv4', 'onion', 'internal'].map(network => ({ network }));
    const stub = await serveResults({ getnodeaddresses: JSON.stringify(nodes) });
    const { out } = await call(stub, '-addrinfo');
    expect(JSON.parse(out)).toEqual({
      addresses_known: { ipv4: 2, ipv6: 0, onion: 1, i2p: 0, cjdns: 0, total: 3 },
    });
    expect(requests(stub)).toMatchObject([{ params: [0] }]);
  });
});
