import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegtestDaemon } from '../../regtest/daemon.js';
import { executablePath } from '../../regtest/executables.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
/** Key 1's address of that hash: anyone can sign for it. */
const KEY = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';

interface HttpAnswer {
  readonly status: number;
  readonly body: { error?: { code: number; message: string } | null; result?: unknown };
}

/** What a user sees who gives the client or the server something wrong: a clear error, and a node that lives on. */
describe('bad requests', () => {
  let folder: string;
  let node: RegtestDaemon;
  let height: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blocksmith-bad-'));
    node = new RegtestDaemon({ name: 'node', datadir: join(folder, 'node') });
    await node.start();
    await node.rpc.call('generatetoaddress', 101, ADDRESS);
    height = await node.rpc.call('getblockcount');
  });

  afterAll(async () => {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const post = (body: string): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const call = request({
        port: node.rpcPort,
        method: 'POST',
        auth: readFileSync(node.cookieFile, 'utf8'),
      });
      call.on('error', reject);
      call.on('response', response => {
        let text = '';
        response.setEncoding('utf8').on('data', part => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      });
      call.end(body);
    });

  /** Runs the command-line client. */
  const cli = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const words = [executablePath('blocksmith-cli'), `-datadir=${node.datadir}`, '-regtest', ...args];
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, words);
      return { code: 0, out: stdout, err: stderr };
    } catch (thrown) {
      const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  };

  const expectAlive = async () => expect(await node.rpc.call('getblockcount')).toBe(height);

  it('malformed JSON', async () => {
    const { status, body } = await post('{"method": "getblockcount", ');
    expect([status, body.error]).toEqual([500, { code: -32700, message: 'Parse error' }]);
    await expectAlive();
  });

  it('a request that is no object', async () => {
    const { status, body } = await post('"getblockcount"');
    expect([status, body.error]).toEqual([500, { code: -32700, message: 'Top-level object parse error' }]);
  });

  it('an unknown method', async () => {
    const { code, err } = await cli('getblokcount');
    expect(code).toBe(32601 % 256);
    expect(err).toBe('error code: -32601\nerror message:\nMethod not found\n');
    await expectAlive();
  });

  it('an argument of the wrong type', async () => {
    const { code, err } = await cli('getblockhash', '"high"');
    expect(code).toBe(3);
    expect(err).toContain('JSON value of type string is not of expected type number');
  });

  it('a number of arguments that does not fit shows the help', async () => {
    const { code, err } = await cli('getblockhash');
    expect(code).toBe(1);
    expect(err).toContain('getblockhash height');
  });

  it('an argument that should be JSON and is not', async () => {
    const { code, err } = await cli('getblockhash', 'high');
    expect([code, err]).toEqual([1, 'error: Error parsing JSON: high\n']);
  });

  it('a height above the tip', async () => {
    const { code, err } = await cli('getblockhash', '100000');
    expect([code, err]).toEqual([8, 'error code: -8\nerror message:\nBlock height out of range\n']);
  });

  it('a hash that is none', async () => {
    const { code, err } = await cli('getblock', 'abc');
    expect(code).toBe(8);
    expect(err).toContain("blockhash must be of length 64 (not 3, for 'abc')");
  });

  it('an unknown option', async () => {
    const { code, err } = await cli('-nonsense', 'getblockcount');
    expect([code, err]).toEqual([1, 'Error parsing command line arguments: Invalid parameter -nonsense\n']);
  });

  it('a wrong password', async () => {
    const { code, err } = await cli('-rpcuser=me', '-rpcpassword=wrong', 'getblockcount');
    expect([code, err]).toEqual([1, 'error: Authorization failed: Incorrect rpcuser or rpcpassword\n']);
  });

  it('a block cut short', async () => {
    const { code, err } = await cli('submitblock', '00'.repeat(60));
    expect([code, err]).toEqual([22, 'error code: -22\nerror message:\nBlock decode failed\n']);
    await expectAlive();
  });

  it('a block with wrong proof of work', async () => {
    const hex = (await cli('getblock', await node.rpc.call('getbestblockhash'), '0')).out.trim();
    const block = Buffer.from(hex, 'hex');
    // The target stays, the nonce moves on until the hash misses it.
    for (let nonce = 0; ; nonce++) {
      block.writeUInt32LE(nonce, 76);
      const { code, out } = await cli('submitblock', block.toString('hex'));
      expect(code).toBe(0);
      if (out.trim() === 'high-hash') break;
      expect(nonce).toBeLessThan(50);
    }
    await expectAlive();
  });

  it('a transaction that spends what is spent already', async () => {
    const coinbase = JSON.parse((await cli('getblock', await node.rpc.call('getblockhash', 1), '2')).out)
      .tx[0];
    const input = [{ txid: coinbase.txid, vout: 0 }];
    const make = async (amount: number) => {
      const raw = await node.rpc.call('createrawtransaction', input, [{ [ADDRESS]: amount }]);
      const signed = await node.rpc.call('signrawtransactionwithkey', raw, [KEY]);
      expect(signed.complete).toBe(true);
      return signed.hex;
    };
    const [first, second, third] = [await make(49.999), await make(49.9995), await make(49.99)];
    expect((await cli('sendrawtransaction', first)).code).toBe(0);
    const poorer = await cli('sendrawtransaction', second);
    expect(poorer.code).toBe(26);
    expect(poorer.err).toContain('insufficient fee, rejecting replacement');
    await node.rpc.call('generatetoaddress', 1, ADDRESS);
    height++;
    const spent = await cli('sendrawtransaction', third);
    expect([spent.code, spent.err]).toEqual([
      25,
      'error code: -25\nerror message:\nbad-txns-inputs-missingorspent\n',
    ]);
    await expectAlive();
  });

  it('bytes that are no HTTP', async () => {
    const socket = connect(node.rpcPort, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.end(Buffer.from('\x00\xff\x13garbage\r\n\r\n', 'latin1'));
    await new Promise(resolve => socket.once('close', resolve));
    await expectAlive();
  });
});
