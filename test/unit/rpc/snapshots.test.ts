import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPEN_ADDRESS, type RpcNode, rpcNode } from '../../support/rpc-node.js';

const BLOCKS = 5;

let directory: string;
let rpc: RpcNode;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'blocksmith-rpc-'));
  rpc = await rpcNode({ dataDir: directory });
  await rpc.call('generatetoaddress', BLOCKS, OPEN_ADDRESS);
});
afterAll(async () => {
  await rpc.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('dumptxoutset', () => {
  it('writes all coins to a file in the data directory', async () => {
    const path = join(directory, 'utxo.dat');
    const { hash_serialized_3 } = await rpc.call('gettxoutsetinfo');
    expect(await rpc.call('dumptxoutset', 'utxo.dat')).toEqual({
      coins_written: BLOCKS,
      base_hash: await rpc.call('getbestblockhash'),
      base_height: BLOCKS,
      path,
      txoutset_hash: hash_serialized_3,
      nchaintx: BLOCKS + 1,
    });
    expect(readFileSync(path).subarray(0, 5)).toEqual(Buffer.from('utxo\xff', 'latin1'));
    expect(existsSync(`${path}.incomplete`)).toBe(false);
  });

  it('refuses a file that is there, and a place where none can be', async () => {
    const there = join(directory, 'there');
    writeFileSync(there, '');
    expect(await rpc.error('dumptxoutset', there)).toBe(
      `-8: ${there} already exists. If you are sure this is what you want, move it out of the way first`,
    );
    const nowhere = join(directory, 'no', 'where');
    expect(await rpc.error('dumptxoutset', nowhere)).toBe(
      `-8: Couldn't open file ${nowhere}.incomplete for writing.`,
    );
  });
});

describe('loadtxoutset', () => {
  it('refuses a file that is not there, no snapshot, or not of a block that the network knows', async () => {
    expect(await rpc.error('loadtxoutset', 'nowhere')).toBe(
      `-8: Couldn't open file ${join(directory, 'nowhere')} for reading.`,
    );
    const path = join(directory, 'bad.dat');
    writeFileSync(path, 'no snapshot');
    expect(await rpc.error('loadtxoutset', path)).toBe(
      '-22: Unable to parse metadata: Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you are using an outdated snapshot format.',
    );
    expect(await rpc.error('loadtxoutset', directory)).toMatch(
      /^-22: Unable to parse metadata: AutoFile::read: fread failed \(/,
    );
    await rpc.call('dumptxoutset', 'own.dat');
    const own = join(directory, 'own.dat');
    expect(await rpc.error('loadtxoutset', own)).toBe(
      `-32603: Unable to load UTXO snapshot: assumeutxo block hash in snapshot metadata not recognized (hash: ${await rpc.call('getbestblockhash')}). The following snapshot heights are available: 110, 200, 299. (${own})`,
    );
  });
});

describe('getchainstates', () => {
  it('tells of the one chain that there is', async () => {
    expect(await rpc.call('getchainstates')).toEqual({
      headers: BLOCKS,
      chainstates: [
        {
          blocks: BLOCKS,
          bestblockhash: await rpc.call('getbestblockhash'),
          difficulty: expect.any(Number),
          verificationprogress: 1,
          coins_db_cache_bytes: 8 << 20,
          coins_tip_cache_bytes: 450 << 20,
          validated: true,
        },
      ],
    });
  });
});
