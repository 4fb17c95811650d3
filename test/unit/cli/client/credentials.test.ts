import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dir, requests, run, serve, serveResults } from '../../../support/client-run.js';

describe('credentials', () => {
  it('are the password given, or else the cookie', async () => {
    const stub = await serveResults({ stop: '1' });
    mkdirSync(join(dir.path(), 'regtest'));
    dir.write('regtest/.cookie', '__cookie__:secret\nmore');
    dir.write('other', 'a:b');
    const port = `-rpcport=${stub.port}`;
    await run([port, 'stop']);
    await run([port, '-rpccookiefile=../other', 'stop']);
    await run([port, `-rpccookiefile=${join(dir.path(), 'other')}`, 'stop']);
    await run([port, '-norpccookiefile', 'stop']);
    await run([port, '-rpcuser=ü', '-rpcpassword=pä:ss', 'stop']);
    expect(stub.calls.map(({ authorization }) => authorization)).toEqual([
      '__cookie__:secret',
      'a:b',
      'a:b',
      '__cookie__:secret',
      'ü:pä:ss',
    ]);
  });

  it('that are nowhere are told from those that are wrong', async () => {
    const stub = await serve(() => ({ status: 401, body: '' }));
    const { code, err } = await run([`-rpcport=${stub.port}`, '-rpcpassword=', 'stop']);
    expect(code).toBe(1);
    expect(err).toBe(
      `error: Could not locate RPC credentials. No authentication cookie could be found, and RPC password is not set.  See -rpcpassword and -stdinrpcpass.  Configuration file: (${join(dir.path(), 'bitcoin.conf')})`,
    );
  });

  it('come from standard input with -stdinrpcpass, arguments behind them with -stdin', async () => {
    const stub = await serveResults({ echo: '1', walletpassphrase: 'null' });
    const args = [`-rpcport=${stub.port}`, '-rpcuser=u'];
    await run([...args, '-stdinrpcpass', 'echo'], ['pass', 'unread']);
    await run([...args, '-stdin', '-stdinrpcpass', 'echo', 'x'], ['pass', 'foo', '', 'bar']);
    await run(
      [...args, '-rpcpassword=old', '-stdinrpcpass', '-stdinwalletpassphrase', '-stdin', 'walletpassphrase'],
      ['pass', 'wallet pass', '60'],
    );
    expect(stub.calls.map(({ authorization }) => authorization)).toEqual(['u:pass', 'u:pass', 'u:pass']);
    expect(requests(stub)).toMatchObject([
      { params: [] },
      { params: ['x', 'foo', '', 'bar'] },
      { params: ['wallet pass', 60] },
    ]);
  });

  it.each([
    [['-stdinrpcpass', 'echo'], 'error: -stdinrpcpass specified but failed to read from standard input'],
    [
      ['-stdinwalletpassphrase', 'walletpassphrase'],
      'error: -stdinwalletpassphrase specified but failed to read from standard input',
    ],
    [
      ['-stdinwalletpassphrase', 'echo'],
      'error: -stdinwalletpassphrase is only applicable for walletpassphrase(change)',
    ],
  ])('that are promised must come: %j', async (args, err) => {
    expect(await run(args)).toEqual({ code: 1, out: '', err });
  });
});

describe('the server', () => {
  it('is at the port of the configuration file, of -rpcconnect, of -rpcport, each before the last', async () => {
    const stub = await serveResults({ stop: '1' });
    const password = '-rpcpassword=p';
    dir.write('bitcoin.conf', `[regtest]\nrpcport=${stub.port}\n`);
    expect((await run([password, 'stop'])).code).toBe(0);
    dir.write('bitcoin.conf', '');
    expect((await run([password, `-rpcconnect=127.0.0.1:${stub.port}`, 'stop'])).code).toBe(0);
    const both = await run([password, '-rpcconnect=127.0.0.1:1', `-rpcport=${stub.port}`, 'stop']);
    expect(both).toEqual({
      code: 0,
      out: '1',
      err: `Warning: Port specified in both -rpcconnect and -rpcport. Using -rpcport ${stub.port}`,
    });
  });

  it.each([
    '-rpcconnect=127.0.0.1:notaport',
    '-rpcconnect=127.0.0.1:-1',
    '-rpcconnect=127.0.0.1:0',
    '-rpcconnect=127.0.0.1:65536',
    '-rpcconnect=[::1]:notaport',
    '-rpcconnect=[::1]:65536',
    '-rpcport=notaport',
    '-rpcport=-1',
    '-rpcport=0',
    '-rpcport=65536',
  ])('cannot be at %s', async option => {
    const [name = '', value = ''] = option.split(/=(.*)/);
    expect((await run([option, 'stop'])).err).toBe(`error: Invalid port provided in ${name}: ${value}`);
  });
});
