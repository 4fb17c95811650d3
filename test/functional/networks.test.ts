import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RpcClient } from '../../regtest/rpc/client.js';
import { waitFor } from '../../regtest/wait.js';
import { type NodeInProcess, startInProcess } from '../support/node-in-process.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** Blocks of a versionbits window on regtest. */
const WINDOW = 144;
const NO_TIMEOUT = '9223372036854775807';

describe('a network made by options', { timeout: 120_000 }, () => {
  let folder: string;
  let running: NodeInProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-networks-'));
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (...args: readonly string[]): Promise<RpcClient> => {
    running = await startInProcess(folder, args);
    return running.rpc;
  };

  describe("a signet of one's own", () => {
    /** With this clock and this coinbase the first block is found at once, and it is the one that Bitcoin Core finds. */
    const CLOCK = '-mocktime=1598919000';
    const COINBASE = 'raw(6a02000f)';
    const FIRST_BLOCK = '0000028d8a3b799e5fd943f2429d6f710781d91cb4d2fe47ffff6ac431268d62';
    const TRIES = 100_000;

    const mine = async (rpc: RpcClient) => {
      const { descriptor } = await rpc.request<{ descriptor: string }>('getdescriptorinfo', COINBASE);
      return rpc.request('generatetodescriptor', 1, descriptor, TRIES);
    };

    it('is mined without signatures when its challenge asks for none', async () => {
      const rpc = await start('-signet', '-signetchallenge=51', CLOCK);
      expect(await mine(rpc)).toEqual([FIRST_BLOCK]);
      expect(await rpc.call('getblockcount')).toBe(1);
      expect(await rpc.call('getblockchaininfo')).toMatchObject({ chain: 'signet', blocks: 1 });
      await expect(rpc.request('getblocktemplate', { rules: ['segwit'] })).rejects.toThrow(
        'getblocktemplate must be called with the signet rule set (call with {"rules": ["segwit", "signet"]})',
      );
      expect(await rpc.request('getblocktemplate', { rules: ['segwit', 'signet'] })).toMatchObject({
        rules: ['csv', '!segwit', '!signet', 'taproot'],
        signet_challenge: '51',
        previousblockhash: FIRST_BLOCK,
      });
    });

    it('refuses the same block when nothing can satisfy its challenge', async () => {
      const rpc = await start('-signet', '-signetchallenge=00', CLOCK);
      await expect(mine(rpc)).rejects.toThrow('ProcessNewBlock, block not accepted');
      expect(await rpc.call('getblockcount')).toBe(0);
    });
  });

  describe('soft forks of regtest', () => {
    interface Testdummy {
      readonly active: boolean;
      readonly height?: number;
      readonly bip9: Readonly<Record<string, unknown>>;
    }

    /** What is said of testdummy after the block at `height`. */
    const testdummyAt = async (rpc: RpcClient, height: number): Promise<Testdummy> => {
      const hash = await rpc.call('getblockhash', height);
      const info = await rpc.request<{ deployments: { testdummy: Testdummy } }>('getdeploymentinfo', hash);
      return info.deployments.testdummy;
    };

    const statesAt = async (rpc: RpcClient, heights: readonly number[]) => {
      const states: unknown[] = [];
      for (const height of heights) {
        const { bip9 } = await testdummyAt(rpc, height);
        states.push([bip9.status, bip9.status_next, bip9.since]);
      }
      return states;
    };

    it('come into force at the height that was set, not before (speedy trial)', async () => {
      const rpc = await start('-regtest', `-vbparams=testdummy:0:${NO_TIMEOUT}:500`);
      await rpc.call('generatetoaddress', WINDOW * 4 + 5, ADDRESS);
      const ends = [1, 2, 3, 4].map(window => window * WINDOW - 1);
      expect(await statesAt(rpc, [0, ...ends, WINDOW * 4])).toEqual([
        ['defined', 'defined', 0],
        ['defined', 'started', 0],
        ['started', 'locked_in', WINDOW],
        ['locked_in', 'locked_in', WINDOW * 2],
        ['locked_in', 'active', WINDOW * 2],
        ['active', 'active', WINDOW * 4],
      ]);
      expect(await testdummyAt(rpc, WINDOW + 9)).toEqual({
        type: 'bip9',
        active: false,
        bip9: {
          bit: 28,
          start_time: 0,
          timeout: Number(NO_TIMEOUT),
          min_activation_height: 500,
          status: 'started',
          since: WINDOW,
          status_next: 'started',
          statistics: { period: WINDOW, elapsed: 10, count: 10, threshold: 108, possible: true },
          signalling: '#'.repeat(10),
        },
      });
      // Locked in: what is left to be told is who signals.
      expect((await testdummyAt(rpc, WINDOW * 2 + 1)).bip9.statistics).toEqual({
        period: WINDOW,
        elapsed: 2,
        count: 2,
      });
      const active = await testdummyAt(rpc, WINDOW * 4 + 5);
      expect(active).toMatchObject({ active: true, height: WINDOW * 4 });
      expect(active.bip9).not.toHaveProperty('bit');
    });

    it('fail when nobody signals until the time is up', async () => {
      const time = 1_700_000_000;
      const rpc = await start(
        '-regtest',
        `-vbparams=testdummy:${time}:${time + 1000}`,
        `-mocktime=${time}`,
        `-blockversion=${0x20000000}`,
      );
      await rpc.call('generatetoaddress', WINDOW, ADDRESS);
      await rpc.request('setmocktime', time + 2000);
      await rpc.call('generatetoaddress', WINDOW * 2, ADDRESS);
      expect(await statesAt(rpc, [WINDOW - 1, WINDOW, WINDOW * 2 - 1, WINDOW * 2])).toEqual([
        ['defined', 'started', 0],
        ['started', 'started', WINDOW],
        ['started', 'failed', WINDOW],
        ['failed', 'failed', WINDOW * 2],
      ]);
      expect((await testdummyAt(rpc, WINDOW * 2 - 1)).bip9).toMatchObject({
        statistics: { count: 0, possible: false },
        signalling: '-'.repeat(WINDOW),
      });
    });

    it('that this node does not know are warned of when they are in force', async () => {
      const alerts = join(folder, 'alerts.txt');
      const rpc = await start(
        '-regtest',
        `-blockversion=${0x20000000 | (1 << 27)}`,
        `-alertnotify=echo %s >> ${alerts}`,
      );
      const warnings = async () => (await rpc.request<{ warnings: string[] }>('getmininginfo')).warnings;
      await rpc.call('generatetoaddress', WINDOW * 3 - 2, ADDRESS);
      expect(await warnings()).toEqual([]);
      await rpc.call('generatetoaddress', 1, ADDRESS);
      const text = 'Unknown new rules activated (versionbit 27)';
      expect(await warnings()).toEqual([text]);
      const told = await waitFor(() => readIfThere(alerts), { what: 'the command of -alertnotify' });
      expect(told.trim()).toBe(text);
    });

    it('that are buried take other heights', async () => {
      const rpc = await start(
        '-regtest',
        ...['bip34@2', 'dersig@3', 'cltv@4', 'csv@5', 'segwit@6'].map(at => `-testactivationheight=${at}`),
      );
      const { deployments } = await rpc.request<{ deployments: Record<string, unknown> }>(
        'getdeploymentinfo',
      );
      expect(deployments).toMatchObject({
        bip34: { type: 'buried', active: false, height: 2 },
        bip66: { active: false, height: 3 },
        bip65: { active: false, height: 4 },
        csv: { active: false, height: 5 },
        segwit: { active: false, height: 6 },
      });
    });
  });
});

/** The file's text once it has some. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
