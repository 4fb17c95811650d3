import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ControlServer,
  Dispatcher,
  Lab,
  LabClient,
  type LabEvent,
  type NodeStatus,
  RegtestNetwork,
} from '../../regtest/index.js';
import { waitFor } from '../../regtest/wait.js';

describe('a lab behind its control API', () => {
  let network: RegtestNetwork;
  let lab: Lab;
  let server: ControlServer;
  let client: LabClient;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'blocksmith-control-'));
    network = await RegtestNetwork.create({ nodes: 3, mode: 'inProcess', seed: 3 });
    lab = await Lab.around(network);
    server = await ControlServer.start(new Dispatcher(lab));
    client = LabClient.connect(server);
  });

  afterAll(async () => {
    await lab?.end();
    client?.close();
    await server?.stop();
    await network?.stop();
    rmSync(folder, { recursive: true });
  });

  const nodes = async (): Promise<readonly NodeStatus[]> => (await client.call('status', {})).nodes;
  const heights = async () => (await nodes()).map(({ height }) => height);
  const sameHeight = (height: number) =>
    waitFor(async () => (await heights()).every(one => one === height), { what: `all to be at ${height}` });

  it('tells the state of all nodes and links', async () => {
    const status = await client.call('status', {});
    expect(status).toMatchObject({ mode: 'inProcess', topology: 'mesh', seed: 3, mining: { kind: 'off' } });
    expect(status.nodes.map(({ name, running, height, peers }) => [name, running, height, peers])).toEqual([
      ['node0', true, 101, ['node1', 'node2']],
      ['node1', true, 101, ['node0', 'node2']],
      ['node2', true, 101, ['node0', 'node1']],
    ]);
    expect(status.links.map(({ nodes: pair, connected }) => [pair, connected])).toEqual([
      [[0, 1], true],
      [[0, 2], true],
      [[1, 2], true],
    ]);
  });

  it('shows blocks of the chain and of forks, and past events', async () => {
    const { status, blocks } = await client.call('view', {});
    expect(blocks.at(-1)).toMatchObject({ height: status.nodes[0]?.height });
    const { events } = await client.call('events', { since: status.seq - 3 });
    expect(events.length).toBeGreaterThanOrEqual(3);
    const older = await client.call('view', { belowHeight: 50 });
    expect(Math.max(...older.blocks.map(({ height }) => height))).toBe(49);
  });

  it('mines, and tells it while it happens', async () => {
    const told: LabEvent[] = [];
    const listening = new AbortController();
    const { seq } = await client.call('status', {});
    const reading = (async () => {
      for await (const event of client.events({ since: seq, signal: listening.signal })) told.push(event);
    })().catch(() => {});
    const { hashes } = await client.call('mine', { node: 'node1', blocks: 30 });
    expect(hashes).toHaveLength(30);
    const found = () => told.filter(({ type }) => type === 'blockFound');
    await waitFor(() => found().length === 30, { what: 'the blocks to be told' });
    listening.abort();
    await reading;
    await sameHeight(131);
  });

  it('pays from a node to a node and to an address, with a fee rate, and confirms', async () => {
    const { txid, block } = await client.call('send', {
      from: 0,
      to: 'node2',
      amount: '0.5',
      feeRate: 7,
      confirm: true,
    });
    const params = [block ?? '', 2];
    const info = await client.call('rpc', { node: 0, method: 'getblock', params });
    expect(JSON.stringify(info)).toContain(txid);
    const address = (await nodes())[1]?.address ?? '';
    const unconfirmed = await client.call('send', { from: 2, to: address, amount: 0.25 });
    expect(unconfirmed.block).toBeUndefined();
    await waitFor(async () => (await nodes()).every(({ mempool }) => mempool.transactions === 1), {
      what: 'the payment to reach all',
    });
    await client.call('mine', {});
    await sameHeight(133);
  });

  it('gives coins, and tells the accounts', async () => {
    const before = (await nodes())[2]?.balance.trusted ?? 0;
    const { block } = await client.call('faucet', { to: 2, amount: 3 });
    expect(block).toMatch(/^[0-9a-f]{64}$/);
    expect((await nodes())[2]?.balance.trusted).toBeCloseTo(before + 3, 8);
    const { mnemonic, accounts } = await client.call('accounts', {});
    expect(mnemonic.split(' ')).toHaveLength(12);
    expect(accounts[0]).toMatchObject({ node: 0, address: (await nodes())[0]?.address });
  });

  it('blocks of different nodes, one command after the other, make one chain', async () => {
    const [height = 0] = await heights();
    for (let round = 0; round < 3; round++) {
      await client.call('mine', { node: round, blocks: 1 });
      await client.call('send', { from: (round + 1) % 3, to: round, amount: 0.01, confirm: true });
      await client.call('faucet', { to: (round + 2) % 3, amount: 0.01 });
    }
    expect(await heights()).toEqual([height + 9, height + 9, height + 9]);
  });

  it('splits the network, heals it, and joins nodes one by one', async () => {
    const { links } = await client.call('partition', { groups: [['node0', 1], [2]] });
    expect(links.map(({ connected }) => connected)).toEqual([true, false, false]);
    const height = Math.max(...(await heights()));
    await client.call('mine', { node: 2, blocks: 2 });
    expect(await heights()).toEqual([height, height, height + 2]);
    expect(await client.call('connect', { a: 0, b: 2 })).toMatchObject({ connected: true });
    await sameHeight(height + 2);
    expect(await client.call('disconnect', { a: 0, b: 2 })).toMatchObject({ connected: false });
    expect((await client.call('heal', {})).links.every(({ connected }) => connected)).toBe(true);
  });

  it('changes what lies between nodes', async () => {
    const { links } = await client.call('link', { a: 0, b: 1, latencyMs: 20, loss: 0.1 });
    expect(links).toMatchObject([{ nodes: [0, 1], conditions: { latencyMs: 20, loss: 0.1, down: false } }]);
    expect((await client.call('link', { latencyMs: 0, loss: 0 })).links).toHaveLength(3);
    expect((await client.call('link', { a: 0, b: 1, down: true })).links[0]?.conditions.down).toBe(true);
    await expect(client.call('connect', { a: 1, b: 0 })).rejects.toMatchObject({
      code: 'conflict',
      message: 'the link between node1 and node0 is down',
    });
    // Healing does not wait for what cannot be.
    await client.call('heal', {});
    await client.call('link', { a: 0, b: 1, down: false });
    await waitFor(async () => (await nodes())[0]?.peers.length === 2, {
      what: 'the nodes to be joined again',
    });
  });

  it('reorganises the chain', async () => {
    const before = Math.max(...(await heights()));
    const { forkHeight, removed, added } = await client.call('reorg', { depth: 3 });
    expect([forkHeight, removed.length, added.length]).toEqual([before - 3, 3, 4]);
    await sameHeight(before + 1);
  });

  it('keeps states by name, brings them back, and forgets them', async () => {
    const first = await client.call('snapshot', { name: 'first' });
    const second = await client.call('snapshot', {});
    expect(second.name).toBe('1');
    await expect(client.call('snapshot', { name: 'first' })).rejects.toMatchObject({ code: 'conflict' });
    const [height = 0] = first.heights;
    for (const name of ['first', undefined, 'first']) {
      await client.call('mine', { blocks: 2 });
      await client.call('revert', name === undefined ? {} : { name });
      expect(await heights()).toEqual([height, height, height]);
    }
    await client.call('dropSnapshot', { name: '1' });
    await expect(client.call('revert', { name: '1' })).rejects.toMatchObject({ code: 'unknown' });
    expect((await client.call('status', {})).snapshots.map(({ name }) => name)).toEqual(['first']);
  });

  it('writes a state to a file and takes it from there', async () => {
    const file = join(folder, 'lab.dump');
    const before = (await nodes()).map(({ tip }) => tip);
    expect((await client.call('dump', { file })).bytes).toBeGreaterThan(1000);
    await client.call('mine', { blocks: 3 });
    await client.call('load', { file });
    expect((await nodes()).map(({ tip }) => tip)).toEqual(before);
  });

  it('moves the time', async () => {
    const { time } = await client.call('clock', {});
    const later = await client.call('advance', { seconds: 3600 });
    expect(later.time - time).toBeGreaterThanOrEqual(3600);
    expect(await client.call('clock', { freeze: true })).toMatchObject({ frozen: true });
    expect(await client.call('clock', { freeze: false })).toMatchObject({ frozen: false });
    expect(await client.call('clock', { release: true })).toMatchObject({ offset: 0 });
  });

  it('mines by itself while snapshots are taken', async () => {
    const plan = { kind: 'interval', seconds: 0.05 } as const;
    expect(await client.call('mining', { plan })).toEqual({ plan });
    await client.call('snapshot', { name: 'busy' });
    const [height = 0] = await heights();
    await waitFor(async () => ((await heights())[0] ?? 0) > height, { what: 'blocks to come' });
    await client.call('revert', { name: 'busy' });
    expect((await client.call('status', {})).mining).toEqual(plan);
    await client.call('mining', { plan: { kind: 'off' } });
  });

  it('stops and starts nodes, and goes on meanwhile', async () => {
    expect(await client.call('node', { node: 1, action: 'kill' })).toMatchObject({ running: false });
    for (const command of ['mine', 'log'] as const) {
      const call = client.call(command, { node: 1 });
      if (command === 'log') expect((await call) as { lines: unknown[] }).toHaveProperty('lines');
      else
        await expect(call).rejects.toMatchObject({
          code: 'conflict',
          message: 'node1 does not run: start it first',
        });
    }
    await client.call('mine', { node: 0, blocks: 2 });
    await client.call('heal', {});
    await expect(client.call('attack', {})).rejects.toMatchObject({ code: 'conflict' });
    expect(await client.call('node', { node: 1, action: 'start' })).toMatchObject({ running: true });
    await expect(client.call('node', { node: 1, action: 'start' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await waitFor(async () => new Set(await heights()).size === 1, { what: 'node1 to catch up' });
    await client.call('send', { from: 1, to: 0, amount: 0.1 });
  });

  it('records what happens to a file', async () => {
    const file = join(folder, 'run.jsonl');
    await client.call('record', { file });
    expect((await client.call('status', {})).recording).toBe(file);
    await expect(client.call('record', { file })).rejects.toMatchObject({ code: 'conflict' });
    await client.call('mine', {});
    const { events } = await client.call('record', { stop: true });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(events + 1);
    await expect(client.call('record', { stop: true })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('runs an attack and its statistics; what would disturb it has to wait', async () => {
    const attack = client.call('attack', { hashrate: 0.6, confirmations: 30, seed: 5 });
    await waitFor(async () => (await client.call('status', {})).attack, { what: 'the attack to begin' });
    for (const call of [
      () => client.call('mine', {}),
      () => client.call('revert', { name: 'first' }),
      () => client.call('attack', {}),
      () => client.call('send', { from: 0, to: 1, amount: 0.1, confirm: true }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'conflict' });
    await client.call('send', { from: 1, to: 0, amount: 0.1 });
    expect(await attack).toMatchObject({ kind: 'double-spend', success: true });
    expect(await client.call('trials', { hashrate: 0.3, confirmations: 2, trials: 200 })).toMatchObject({
      trials: 200,
    });
  });

  it('an attack begins when what steers the network is done', async () => {
    let release = () => {};
    const steering = lab.turns.shared(
      () =>
        new Promise<void>(resolve => {
          release = resolve;
        }),
    );
    const attack = client.call('attack', { hashrate: 0.9, confirmations: 1, seed: 5 });
    for (let asked = 0; asked < 3; asked++) expect((await client.call('status', {})).attack).toBeUndefined();
    release();
    await steering;
    expect(await attack).toMatchObject({ kind: 'double-spend', success: true });
  });

  it('an attack can be stopped: the network is whole again', async () => {
    const { seq } = await client.call('status', {});
    const attack = client.call('attack', { hashrate: 0.5, confirmations: 300, seed: 5 });
    await waitFor(async () => (await client.call('status', {})).attack, { what: 'the attack to begin' });
    await client.call('stopAttack', {});
    await expect(attack).rejects.toMatchObject({ code: 'conflict', message: 'the attack was stopped' });
    const { events } = await client.call('events', { since: seq });
    expect(events.findLast(({ type }) => type === 'attack')).toMatchObject({
      event: { type: 'stopped', reason: 'the attack was stopped' },
    });
    expect((await client.call('status', {})).links.every(({ connected }) => connected)).toBe(true);
    await expect(client.call('stopAttack', {})).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    [
      'a node that is not there',
      'mine',
      { node: 'bob' },
      'unknown',
      'there is no node "bob": there are node0 to node2',
    ],
    ['a negative node', 'mine', { node: -1 }, 'unknown', 'there is no node -1: there are node0 to node2'],
    [
      'too many blocks',
      'mine',
      { blocks: 1e9 },
      'invalid',
      'blocks must be a whole number from 1 to 10000, not 1000000000',
    ],
    [
      'a parameter of another command',
      'mine',
      { depth: 1 },
      'invalid',
      'mine has no parameter "depth": it takes node, blocks, address',
    ],
    [
      'an address that is none',
      'send',
      { from: 0, to: 'x', amount: 1 },
      'unknown',
      'to is neither a node nor an address of regtest: "x"; there are node0 to node2',
    ],
    ['no amount', 'send', { from: 0, to: 1 }, 'invalid', 'amount is missing'],
    [
      'more than there is',
      'send',
      { from: 0, to: 1, amount: 20_000_000 },
      'refused',
      'sendtoaddress: Insufficient funds (code -6)',
    ],
    [
      'a node twice',
      'partition',
      { groups: [[0, 1], ['node1']] },
      'invalid',
      'node1 is in the groups more than once',
    ],
    [
      'no group',
      'partition',
      { groups: [] },
      'invalid',
      'groups has at least one group; the nodes in no group form one more',
    ],
    [
      'a link of a node with itself',
      'link',
      { a: 1, b: 'node1' },
      'invalid',
      'a and b are the same node, node1',
    ],
    [
      'a latency of a day',
      'link',
      { latencyMs: 86_400_000 },
      'invalid',
      'latencyMs must be a number from 0 to 60000, not 86400000',
    ],
    ['a loss of everything', 'link', { loss: 1 }, 'invalid', 'loss must be a number from 0 to 0.9, not 1'],
    [
      'a reorganisation deeper than the chain',
      'reorg',
      { depth: 9999 },
      'invalid',
      expect.stringMatching(/^the depth of a reorganisation is a whole number from 1 to \d+/),
    ],
    ['a snapshot that was not taken', 'revert', { name: 'never' }, 'unknown', 'there is no snapshot "never"'],
    ['a relative file', 'dump', { file: 'here' }, 'invalid', 'file must be an absolute path'],
    [
      'a file that is not there',
      'load',
      { file: '/nowhere/lab.dump' },
      'unknown',
      expect.stringContaining('/nowhere/lab.dump'),
    ],
    [
      'a recording nowhere',
      'record',
      { file: '/nowhere/run' },
      'invalid',
      expect.stringContaining('cannot record to /nowhere/run'),
    ],
    [
      'a century',
      'advance',
      { seconds: 4e9 },
      'invalid',
      expect.stringMatching(/^seconds must be a whole number from 1 to/),
    ],
    [
      'a plan that is none',
      'mining',
      { plan: { kind: 'often' } },
      'invalid',
      'kind must be one of off, transaction, interval, clocks, work, not "often"',
    ],
    [
      'shares of others',
      'mining',
      { plan: { kind: 'work', shares: [1] } },
      'invalid',
      'shares are one for each of the 3 nodes, not 1',
    ],
    [
      'an action that is none',
      'node',
      { node: 0, action: 'explode' },
      'invalid',
      'action must be one of start, stop, kill, restart, not "explode"',
    ],
    [
      'a method that is none',
      'rpc',
      { node: 0, method: 'getmoney' },
      'refused',
      'getmoney: Method not found (code -32601)',
    ],
    ['an attack of another kind', 'attack', { kind: 'bribery' }, 'invalid', expect.stringContaining('kind')],
    ['a command that is none', 'fly', {}, 'unknown', 'there is no command "fly"'],
  ] as const)('refuses %s', async (_what, command, params, code, message) => {
    const asAnything = client.call.bind(client) as (command: string, params: unknown) => Promise<unknown>;
    await expect(asAnything(command, params)).rejects.toMatchObject({ code, message });
  });

  it('is still there after all that', async () => {
    expect((await nodes()).every(({ running }) => running)).toBe(true);
    await client.call('down', {});
    await lab.downAsked;
  });
});
