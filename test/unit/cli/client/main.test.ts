import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runClient } from '../../../../src/cli/client/main.js';
import { call, dir, RpcFailure, requests, run, serve, serveResults } from '../../../support/client-run.js';

describe('a call', () => {
  it('is one JSON-RPC request, and prints its result', async () => {
    const stub = await serveResults({ getblockhash: '"00ff"' });
    expect(await call(stub, 'getblockhash', '5')).toEqual({ code: 0, out: '00ff', err: '' });
    expect(stub.calls[0]?.path).toBe('/');
    expect(requests(stub)).toEqual([{ jsonrpc: '2.0', method: 'getblockhash', params: [5], id: 1 }]);
  });

  it.each([
    ['null', ''],
    ['""', ''],
    ['5', '5'],
    ['true', 'true'],
    ['"a\\nb"', 'a\nb'],
    ['{"amount":0.10000000,"list":[]}', '{\n  "amount": 0.10000000,\n  "list": [\n  ]\n}'],
  ])('with the result %s prints %j', async (result, out) => {
    const stub = await serveResults({ call: result });
    expect(await call(stub, 'call')).toEqual({ code: 0, out, err: '' });
  });

  it('takes arguments by name with -named', async () => {
    const stub = await serveResults({ getblock: '1' });
    await call(stub, '-named', 'getblock', 'blockhash=00', 'verbosity=0');
    expect(requests(stub)).toMatchObject([{ params: { blockhash: '00', verbosity: 0 } }]);
  });

  it('passes on words that look like options', async () => {
    const stub = await serveResults({ echo: '1' });
    await call(stub, 'echo', '-named', '--', '-x');
    expect(requests(stub)).toMatchObject([{ params: ['-named', '--', '-x'] }]);
  });

  it('goes to a wallet with -rpcwallet', async () => {
    const stub = await serveResults({ getbalance: '1.00000000' });
    await call(stub, '-rpcwallet=my wallet/é', 'getbalance');
    await call(stub, '-rpcwallet=', 'getbalance');
    expect(stub.calls.map(({ path }) => path)).toEqual(['/wallet/my%20wallet%2F%C3%A9', '/wallet/']);
  });

  it.each([
    [-5, 'Block not found', 5, 'error code: -5\nerror message:\nBlock not found'],
    [-32601, 'Method not found', 32601 % 256, 'error code: -32601\nerror message:\nMethod not found'],
    [
      -19,
      'Wallet file not specified',
      19,
      'error code: -19\nerror message:\nWallet file not specified\nTry adding "-rpcwallet=<filename>" option to blocksmith-cli command line.',
    ],
  ])('refused with %i exits with the code', async (rpcCode, message, code, err) => {
    const stub = await serveResults({ call: new RpcFailure(rpcCode, message) });
    expect(await call(stub, 'call')).toEqual({ code, out: '', err });
  });

  it.each([
    [{ status: 401, body: '' }, 'error: Authorization failed: Incorrect rpcuser or rpcpassword'],
    [{ status: 503, body: 'Work queue depth exceeded' }, 'error: Server response: Work queue depth exceeded'],
    [{ status: 403, body: '' }, 'error: server returned HTTP error 403'],
    [{ status: 200, body: '' }, 'error: no response from server'],
    [{ status: 200, body: 'hello' }, "error: couldn't parse reply from server"],
    [{ status: 200, body: '{}' }, 'error: expected reply to have result, error and id properties'],
    [
      { status: 500, body: '{"result":null,"error":{"code":-1,"message":"old form"},"id":1}' },
      'error code: -1\nerror message:\nold form',
    ],
    [{ status: 404, body: '{"result":null,"error":{"code":-1},"id":1}' }, 'error code: -1'],
  ])('answered with %j says so', async (answer, err) => {
    const stub = await serve(() => answer);
    expect(await call(stub, 'stop')).toEqual({ code: 1, out: '', err });
  });

  it('needs a method, and JSON where JSON is wanted', async () => {
    const stub = await serveResults({});
    expect((await call(stub)).err).toBe('error: too few parameters (need at least command)');
    expect((await call(stub, 'getblockhash', 'x')).err).toBe('error: Error parsing JSON: x');
    expect(stub.calls).toEqual([]);
  });

  it('needs a server', async () => {
    const stub = await serveResults({});
    await stub.stop();
    const { code, err } = await call(stub, 'stop');
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(
        `^error: timeout on transient error: Could not connect to the server 127\\.0\\.0\\.1:${stub.port} \\(.*\\)\n\nMake sure`,
      ),
    );
  });
});

describe('what is wrong before any call', () => {
  it.each([
    [['-dash'], 'Error parsing command line arguments: Invalid parameter -dash'],
    [
      ['-nocolor'],
      'Error parsing command line arguments: Negating of -color is meaningless and therefore forbidden',
    ],
    [
      ['-conf=missing', 'stop'],
      /^Error reading configuration file: specified config file ".*missing" could not be opened\.$/,
    ],
    [['-datadir=/no/such/dir', 'stop'], 'Error: Specified data directory "/no/such/dir" does not exist.'],
    [['-chain=foo', '-regtest=0', 'stop'], 'Error: Unknown chain foo.'],
    [['-signet', 'stop'], /^Error: Invalid combination of -regtest, -signet, /],
  ])('%j', async (args, err) => {
    const result = await run(args);
    expect(result.code).toBe(1);
    expect(result.out).toBe('');
    if (typeof err === 'string') expect(result.err).toBe(err);
    else expect(result.err).toMatch(err);
  });

  it('reads a data directory from the configuration file, but no further files', async () => {
    const stub = await serveResults({ stop: '1' });
    mkdirSync(join(dir.path(), 'data', 'regtest'), { recursive: true });
    dir.write('data/regtest/.cookie', 'from:data');
    const conf = dir.write(
      'my.conf',
      `datadir=${join(dir.path(), 'data')}\nincludeconf=missing\nregtest=1\n[regtest]\nrpcport=${stub.port}\n`,
    );
    const silent = { out: () => {}, err: () => {}, readLine: () => undefined, isInteractive: false };
    expect(await runClient([`-conf=${conf}`, 'stop'], silent)).toBe(0);
    expect(stub.calls[0]?.authorization).toBe('from:data');
  });
});

describe('help and version', () => {
  it('need no server', async () => {
    expect(await run(['-version'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/RPC client version/),
    });
    for (const option of ['-?', '-h', '-help', '--help']) {
      const { code, out } = await run([option]);
      expect(code).toBe(0);
      expect(out).toContain('  -rpcwaittimeout=<n>\n');
    }
  });

  it('are shown, with an error, when there is nothing to do', async () => {
    const errors: string[] = [];
    const terminal = {
      out: () => {},
      err: (text: string) => errors.push(text),
      readLine: () => undefined,
      isInteractive: false,
    };
    expect(await runClient([], terminal)).toBe(1);
    expect(errors).toEqual(['Error: too few parameters']);
  });
});

describe('-generate', () => {
  const results = { getnewaddress: '"addr"', generatetoaddress: '["h1","h2"]' };

  it.each([
    [[], [1, 'addr']],
    [['3'], [3, 'addr']],
    [
      ['4', '1000'],
      [4, 'addr', 1000],
    ],
  ])('%j mines to a new address', async (words, params) => {
    const stub = await serveResults(results);
    const { code, out } = await call(stub, '-rpcwallet=w', '-generate', ...words);
    expect(code).toBe(0);
    expect(out).toBe('{\n  "address": "addr",\n  "blocks": [\n    "h1",\n    "h2"\n  ]\n}');
    expect(requests(stub)).toMatchObject([
      { method: 'getnewaddress' },
      { method: 'generatetoaddress', params },
    ]);
    expect(stub.calls.map(({ path }) => path)).toEqual(['/wallet/w', '/wallet/w']);
  });

  it.each([
    [['foo'], 'error: Error parsing JSON: foo'],
    [
      ['0'],
      'error: the first argument (number of blocks to generate, default: 1) must be an integer value greater than zero',
    ],
    [['1', '2', '3'], 'error: too many arguments (maximum 2 for nblocks and maxtries)'],
  ])('%j is refused', async (words, err) => {
    expect(await call(await serveResults(results), '-generate', ...words)).toEqual({ code: 1, out: '', err });
  });

  it('fails with the wallet, whatever its arguments', async () => {
    const stub = await serveResults({ getnewaddress: new RpcFailure(-18, 'not loaded') });
    for (const words of [[], ['foo'], ['1', '2', '3']]) {
      expect(await call(stub, '-generate', ...words)).toMatchObject({
        code: 18,
        err: 'error code: -18\nerror message:\nnot loaded',
      });
    }
  });
});
