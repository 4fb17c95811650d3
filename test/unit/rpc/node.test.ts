import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeeEstimates } from '../../../src/mempool/fees/estimate.js';
import { NO_RANGE } from '../../../src/mempool/fees/estimate.js';
import { type RpcNode, rpcNode } from '../../support/rpc-node.js';

let rpc: RpcNode;
beforeAll(async () => {
  rpc = await rpcNode();
});
afterAll(() => rpc.stop());

describe('control', () => {
  it('gives help', async () => {
    expect(await rpc.call('help')).toContain('== Control ==');
    expect(await rpc.call('help', 'stop')).toMatch(/^stop\n/);
    expect(await rpc.error('help', 'a', 'b')).toMatch(/^-1: help/);
    expect(await rpc.error('help', 0)).toContain('-3: Wrong type passed');
    const table = await rpc.call('help', 'dump_all_command_conversions');
    expect(table).toContainEqual(['getblock', 1, 'verbosity', false]);
    expect(table).toContainEqual(['getblock', 1, 'verbose', false]);
    expect(table).toContainEqual(['getblock', 0, 'blockhash', true]);
    expect(table).toContainEqual(['echo', 0, 'arg0', true]);
  });

  it('stops, and can take its time to say so', async () => {
    expect(await rpc.call('stop')).toBe('Blocksmith stopping');
    expect(await rpc.callNamed('stop', { wait: 1 })).toBe('Blocksmith stopping');
    expect(rpc.stopRequests).toBe(2);
  });

  it('tells of the server', async () => {
    expect(await rpc.call('uptime')).toBe(7);
    const info = await rpc.call('getrpcinfo');
    expect(info.logpath).toBe('/nowhere/debug.log');
    expect(info.active_commands).toHaveLength(1);
    expect(info.active_commands[0].method).toBe('getrpcinfo');
    expect(info.active_commands[0].duration).toBeGreaterThanOrEqual(0);
  });

  it('tells of memory', async () => {
    const { locked } = await rpc.call('getmemoryinfo');
    expect(locked.used + locked.free).toBe(locked.total);
    for (const key of ['used', 'free', 'total', 'chunks_used', 'chunks_free']) {
      expect(locked[key]).toBeGreaterThan(0);
    }
    expect(await rpc.error('getmemoryinfo', 'mallocinfo')).toBe('-8: mallocinfo mode not available');
    expect(await rpc.error('getmemoryinfo', 'foobar')).toBe('-8: unknown mode foobar');
  });

  it('switches log categories', async () => {
    expect(await rpc.call('logging')).toEqual({ net: false, mempool: false });
    expect(await rpc.call('logging', ['net', 'mempool'], ['mempool'])).toEqual({ net: true, mempool: false });
    expect(await rpc.error('logging', ['nothing'])).toBe('-8: unknown logging category nothing');
  });
});

describe('testing', () => {
  it('moves the clock', async () => {
    const now = rpc.context.clock.now();
    await rpc.call('setmocktime', now + 10);
    expect(rpc.context.clock.now()).toBe(now + 10);
    expect(await rpc.error('setmocktime', -1)).toBe(
      '-8: Mocktime must be in the range [0, 9223372036], not -1.',
    );
    expect(await rpc.error('setmocktime', 9223372037)).toMatch(/^-8: Mocktime must be/);
  });

  it('moves the scheduler', async () => {
    let runs = 0;
    const timer = rpc.context.clock.every(60_000, () => runs++);
    await rpc.call('mockscheduler', 60);
    timer.cancel();
    expect(runs).toBe(1);
    for (const seconds of [0, 3601]) {
      expect(await rpc.error('mockscheduler', seconds)).toBe(
        '-1: delta_time must be between 1 and 3600 seconds (1 hr)',
      );
    }
  });

  it('gives arguments back', async () => {
    expect(await rpc.call('echo', 1, 'x', null, [2])).toEqual([1, 'x', null, [2]]);
    expect(await rpc.callNamed('echojson', { arg2: { a: 1 } })).toEqual([null, null, { a: 1 }]);
    expect(await rpc.error('echo', ...Array(9).fill(0), 'trigger_internal_bug')).toMatch(
      /^-1: Internal bug detected/,
    );
    expect(await rpc.call('syncwithvalidationinterfacequeue')).toBeNull();
  });
});

describe('network', () => {
  it('tells of itself', async () => {
    const info = await rpc.call('getnetworkinfo');
    expect(Object.keys(info)).toEqual([
      'version',
      'subversion',
      'protocolversion',
      'localservices',
      'localservicesnames',
      'localrelay',
      'timeoffset',
      'networkactive',
      'connections',
      'connections_in',
      'connections_out',
      'networks',
      'relayfee',
      'incrementalfee',
      'localaddresses',
      'warnings',
    ]);
    expect(info).toMatchObject({ version: 280100, connections: 0, relayfee: 0.00001, networkactive: true });
    expect(info.localservices).toMatch(/^[0-9a-f]{16}$/);
    expect(info.networks.map((network: { name: string }) => network.name)).toEqual([
      'ipv4',
      'ipv6',
      'onion',
      'i2p',
      'cjdns',
    ]);
    expect(await rpc.call('getconnectioncount')).toBe(0);
    expect(await rpc.call('getpeerinfo')).toEqual([]);
    expect(await rpc.call('ping')).toBeNull();
    expect(await rpc.call('getnettotals')).toMatchObject({
      uploadtarget: { target: 0, target_reached: false, serve_historical_blocks: true },
    });
  });

  it('can be switched off and on', async () => {
    expect(await rpc.call('setnetworkactive', false)).toBe(false);
    expect((await rpc.call('getnetworkinfo')).networkactive).toBe(false);
    expect(await rpc.call('setnetworkactive', true)).toBe(true);
  });

  it('keeps a list of nodes to connect to', async () => {
    await rpc.call('addnode', '127.0.0.1:1', 'add');
    expect(await rpc.error('addnode', '127.0.0.1:1', 'add')).toBe('-23: Error: Node already added');
    expect(await rpc.call('getaddednodeinfo')).toEqual([
      { addednode: '127.0.0.1:1', connected: false, addresses: [] },
    ]);
    expect(await rpc.error('getaddednodeinfo', '127.0.0.1:2')).toBe('-24: Error: Node has not been added.');
    await rpc.call('addnode', '127.0.0.1:1', 'remove');
    expect(await rpc.error('addnode', '127.0.0.1:1', 'remove')).toBe(
      '-24: Error: Node could not be removed. It has not been added previously.',
    );
    expect(await rpc.error('addnode', '127.0.0.1:1', 'other')).toMatch(/^-1: addnode "node" "command"/);
  });

  it('connects to another node, and lets go of it', async () => {
    const other = await rpcNode();
    await rpc.call('addnode', `127.0.0.1:${other.node.port}`, 'onetry');
    await expect.poll(() => rpc.call('getconnectioncount')).toBe(1);
    await expect.poll(async () => (await rpc.call('getpeerinfo'))[0]?.version).toBe(70016);
    // Messages are sent once the greeting is over.
    await expect
      .poll(async () => (await rpc.call('getpeerinfo'))[0]?.bytesrecv_per_msg.verack)
      .toBeGreaterThan(0);
    const [peer] = await rpc.call('getpeerinfo');
    expect(peer).toMatchObject({
      addr: `127.0.0.1:${other.node.port}`,
      inbound: false,
      connection_type: 'manual',
      network: 'not_publicly_routable',
    });
    expect(await rpc.error('sendmsgtopeer', peer.id, 'a'.repeat(13), 'ff')).toBe(
      '-8: Error: msg_type too long, max length is 12',
    );
    expect(await rpc.error('sendmsgtopeer', peer.id, 'addr', 'zz')).toBe('-8: Error parsing input for msg');
    expect(await rpc.error('sendmsgtopeer', 1000, 'addr', 'ff')).toBe(
      '-1: Error: Could not send message to peer',
    );
    expect(await rpc.call('sendmsgtopeer', peer.id, 'unknown', 'ff')).toEqual({});
    expect(await rpc.error('disconnectnode', peer.addr, peer.id)).toBe(
      '-32602: Only one of address and nodeid should be provided.',
    );
    expect(await rpc.error('disconnectnode', '127.0.0.1:1')).toBe('-29: Node not found in connected nodes');
    await rpc.callNamed('disconnectnode', { nodeid: peer.id });
    await expect.poll(() => rpc.call('getconnectioncount')).toBe(0);
    await other.stop();
  });

  it('bans', async () => {
    await rpc.call('setban', '127.0.0.0/24', 'add', 100);
    expect(await rpc.error('setban', '127.0.0.1', 'add')).toBe('-23: Error: IP/Subnet already banned');
    expect(await rpc.call('listbanned')).toMatchObject([
      { address: '127.0.0.0/24', ban_duration: 100, time_remaining: 100 },
    ]);
    expect(await rpc.error('setban', '127.0.0.1', 'remove')).toMatch(/^-30: Error: Unban failed/);
    await rpc.call('setban', '127.0.0.0/24', 'remove');
    expect(await rpc.error('setban', 'nonsense', 'add')).toBe('-30: Error: Invalid IP/Subnet');
    expect(await rpc.error('setban', '1.2.3.4', 'add', 1, true)).toBe(
      '-8: Error: Absolute timestamp is in the past',
    );
    expect(await rpc.error('setban', '1.2.3.4', 'other')).toMatch(/^-1: setban/);
    await rpc.call('setban', '1.2.3.4', 'add');
    await rpc.call('clearbanned');
    expect(await rpc.call('listbanned')).toEqual([]);
  });

  it('knows addresses', async () => {
    expect(await rpc.call('addpeeraddress', '1.2.3.4', 8333)).toEqual({ success: true });
    expect(await rpc.call('addpeeraddress', 'nonsense', 8333)).toEqual({ success: false });
    expect(await rpc.error('addpeeraddress', '1.2.3.4', 65536)).toBe('-1: JSON integer out of range');
    expect(await rpc.call('getnodeaddresses', 0)).toMatchObject([
      { services: 9, address: '1.2.3.4', port: 8333, network: 'ipv4' },
    ]);
    expect(await rpc.call('getnodeaddresses', 0, 'ipv6')).toEqual([]);
    expect(await rpc.error('getnodeaddresses', -1)).toBe('-8: Address count out of range');
    expect(await rpc.error('getnodeaddresses', 1, 'Foo')).toBe('-8: Network not recognized: Foo');
    expect((await rpc.call('getaddrmaninfo')).all_networks).toEqual({ new: 1, tried: 0, total: 1 });
    const raw = await rpc.call('getrawaddrman');
    expect(Object.keys(raw.new)[0]).toMatch(/^\d+\/\d+$/);
    expect(Object.values(raw.new)[0]).toMatchObject({ address: '1.2.3.4', source: '1.2.3.4' });
  });

  it('is asked for blocks whose headers are known only', async () => {
    expect(await rpc.error('getblockfrompeer', '77'.repeat(32), 0)).toBe('-1: Block header missing');
    expect(await rpc.error('getblockfrompeer', await rpc.call('getbestblockhash'), 0)).toBe(
      '-1: Block already downloaded',
    );
  });
});

describe('fees', () => {
  it('are not estimated without an estimator', async () => {
    expect(await rpc.error('estimatesmartfee', 1)).toBe('-32603: Fee estimation disabled');
  });

  it('are estimated as far as there are data', async () => {
    const range = { ...NO_RANGE, start: 1000.4, end: 2000, totalConfirmed: 1.234 };
    const estimator: FeeEstimates = {
      highestTarget: horizon => ({ short: 12, medium: 48, long: 1008 })[horizon],
      estimateSmart: target => ({ feeRate: target > 5 ? 12_345 : 0, target: target + 1, reason: 'None' }),
      estimateRaw: (_, __, horizon) => ({
        feeRate: horizon === 'medium' ? 5000 : 0,
        detail: { median: 0, pass: range, fail: NO_RANGE, decay: 0.5, scale: 2 },
      }),
    };
    const own = await rpcNode({ feeEstimator: estimator });
    expect(await own.call('estimatesmartfee', 1)).toEqual({
      errors: ['Insufficient data or no feerate found'],
      blocks: 2,
    });
    expect(await own.call('estimatesmartfee', 6, 'CONSERVATIVE')).toEqual({ feerate: 0.00012345, blocks: 7 });
    for (const target of [0, 1009]) {
      expect(await own.error('estimatesmartfee', target)).toBe(
        '-8: Invalid conf_target, must be between 1 and 1008',
      );
    }
    expect(await own.error('estimatesmartfee', 1, 'foo')).toBe(
      '-8: Invalid estimate_mode parameter, must be one of: "unset", "economical", "conservative"',
    );
    const raw = await own.call('estimaterawfee', 20, 0.5);
    expect(Object.keys(raw)).toEqual(['medium', 'long']);
    expect(raw.medium).toMatchObject({ feerate: 0.00005, decay: 0.5, scale: 2 });
    expect(raw.medium.pass).toMatchObject({ startrange: 1000, totalconfirmed: 1.23 });
    expect(raw.medium).not.toHaveProperty('fail');
    expect(raw.long.errors).toEqual(['Insufficient data or no feerate found which meets threshold']);
    expect(await own.error('estimaterawfee', 1, 2)).toBe('-8: Invalid threshold');
    await own.stop();
  });
});

describe('utilities', () => {
  it('validate addresses', async () => {
    expect(await rpc.call('validateaddress', 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080')).toEqual({
      isvalid: true,
      address: 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080',
      scriptPubKey: '0014751e76e8199196d454941c45d1b3a323f1433bd6',
      isscript: false,
      iswitness: true,
      witness_version: 0,
      witness_program: '751e76e8199196d454941c45d1b3a323f1433bd6',
    });
    const invalid = await rpc.call('validateaddress', 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081');
    expect(Object.keys(invalid)).toEqual(['isvalid', 'error_locations', 'error']);
    expect(invalid.isvalid).toBe(false);
  });

  it('describe descriptors', async () => {
    const key = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    const info = await rpc.call('getdescriptorinfo', `pkh(${key})`);
    expect(info).toMatchObject({ isrange: false, issolvable: true, hasprivatekeys: false });
    expect(info.descriptor).toBe(`pkh(${key})#${info.checksum}`);
    expect(await rpc.error('getdescriptorinfo', '')).toMatch(/^-5: /);
  });

  it('derive addresses', async () => {
    const tpub =
      'tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B';
    const { descriptor } = await rpc.call('getdescriptorinfo', `wpkh(${tpub}/1/*)`);
    const addresses = await rpc.call('deriveaddresses', descriptor, [0, 2]);
    expect(addresses).toHaveLength(3);
    expect(await rpc.call('deriveaddresses', descriptor, [1, 2])).toEqual(addresses.slice(1));
    expect(await rpc.call('deriveaddresses', descriptor, 2)).toEqual(addresses);
    expect(await rpc.error('deriveaddresses', descriptor)).toBe(
      '-8: Range must be specified for a ranged descriptor',
    );
    for (const [range, text] of [
      [[2, 0], 'Range specified as [begin,end] must not have begin after end'],
      [[0, 1, 2], 'Range must be specified as end or as [begin,end]'],
      [[-1, 0], 'Range should be greater or equal than 0'],
      [-1, 'End of range is too high'],
      [[0, 2 ** 31], 'End of range is too high'],
      [[0, 1_000_000], 'Range is too large'],
    ]) {
      expect(await rpc.error('deriveaddresses', descriptor, range)).toBe(`-8: ${text}`);
    }
    expect(await rpc.error('deriveaddresses', `wpkh(${tpub}/1/*)`, 1)).toBe('-5: Missing checksum');
  });

  it('make multisig addresses', async () => {
    const keys = [
      '03789ed0bb717d88f7d321a368d905e7430207ebbd82bd342cf11ae157a7ace5fd',
      '03dbc6764b8884a92e871274b87583e6d5c2a58819473e17e107ef3f6aa5a61626',
    ];
    const { address, redeemScript, descriptor } = await rpc.call('createmultisig', 2, keys);
    expect(redeemScript).toBe(`5221${keys[0]}21${keys[1]}52ae`);
    expect(descriptor).toMatch(/^sh\(multi\(2,/);
    expect(await rpc.call('decodescript', redeemScript)).toMatchObject({ p2sh: address });
    expect((await rpc.call('createmultisig', 2, keys, 'bech32')).descriptor).toMatch(/^wsh\(multi\(2,/);
    expect((await rpc.call('createmultisig', 2, keys, 'p2sh-segwit')).descriptor).toMatch(
      /^sh\(wsh\(multi\(2,/,
    );
    const uncompressed =
      '0408ef68c46d20596cc3f6ddf7c8794f71913add807f1dc55949fa805d764d191c0b7ce6894c126fce0babc6663042f3dde9b0cf76467ea315514e5a6731149c67';
    expect((await rpc.call('createmultisig', 1, [uncompressed], 'bech32')).warnings).toEqual([
      'Unable to make chosen address type, please ensure no uncompressed public keys are present.',
    ]);
    for (const [params, text] of [
      [[0, keys], '-8: a multisignature address must require at least one key to redeem'],
      [[3, keys], '-8: not enough keys supplied (got 2 keys, but need at least 3 to redeem)'],
      [[1, ['zz']], '-5: Pubkey "zz" must be a hex string'],
      [[1, ['00']], '-5: Pubkey "00" must have a length of either 33 or 65 bytes'],
      [[1, ['00'.repeat(33)]], `-5: Pubkey "${'00'.repeat(33)}" must be cryptographically valid.`],
      [[1, keys, 'foo'], "-5: Unknown address type 'foo'"],
      [[1, keys, 'bech32m'], '-5: createmultisig cannot create bech32m multisig addresses'],
      [[1, Array(16).fill(keys[0])], '-8: redeemScript exceeds size limit: 547 > 520'],
    ] as const) {
      expect(await rpc.error('createmultisig', ...params)).toBe(text);
    }
  });

  it('sign and verify messages', async () => {
    const key = 'cUeKHd5orzT3mz8P9pxyREHfsWtVfgsfDjiZZBcjUBAaGk1BTj7N';
    const address = 'mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB';
    const message = 'This is just a test message';
    const signature = await rpc.call('signmessagewithprivkey', key, message);
    expect(signature).toBe(
      'INbVnW4e6PeRmsv2Qgu8NuopvrVjkcxob+sX8OcZG0SALhWybUjzMLPdAsXI46YZGb0KQTRii+wWIQzRpG/U+S0=',
    );
    expect(await rpc.call('verifymessage', address, signature, message)).toBe(true);
    expect(await rpc.call('verifymessage', address, signature, 'another')).toBe(false);
    expect(await rpc.error('verifymessage', 'nobody', signature, message)).toBe('-5: Invalid address');
    expect(await rpc.error('verifymessage', address, 'bad', message)).toBe('-3: Malformed base64 encoding');
    expect(
      await rpc.error('verifymessage', 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080', signature, message),
    ).toBe('-3: Address does not refer to key');
    expect(await rpc.error('signmessagewithprivkey', 'key', message)).toBe('-5: Invalid private key');
  });

  it('tell of indexes', async () => {
    expect(await rpc.call('getindexinfo')).toEqual({});
  });
});
