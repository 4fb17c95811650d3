import { describe, expect, it } from 'vitest';
import {
  answerText,
  call,
  type RequestJson,
  RpcFailure,
  serve,
  serveResults,
} from '../../../support/client-run.js';

describe('-getinfo', () => {
  const NETWORK =
    '{"version":280100,"timeoffset":0,"connections":8,"connections_in":3,"connections_out":5,"networks":[{"name":"ipv4","proxy":"127.0.0.1:9050"},{"name":"ipv6","proxy":"127.0.0.1:9050"},{"name":"i2p","proxy":"127.0.0.1:7656"},{"name":"onion","proxy":""}],"relayfee":0.00001000,"warnings":["first","second"]}';
  const CHAIN =
    '{"chain":"regtest","blocks":101,"headers":102,"difficulty":4.656542373906925e-10,"verificationprogress":0.5}';
  const WALLET = '{"walletname":"","keypoolsize":4000,"unlocked_until":0,"paytxfee":0.00000000}';
  const BALANCES = '{"mine":{"trusted":50.00000000,"immature":1.0}}';
  const all = {
    getnetworkinfo: NETWORK,
    getblockchaininfo: CHAIN,
    getwalletinfo: WALLET,
    getbalances: BALANCES,
  };

  it('is a page about node and wallet', async () => {
    const stub = await serveResults({ ...all, listwallets: '[""]' });
    expect(await call(stub, '-getinfo')).toEqual({
      code: 0,
      err: '',
      out: [
        'Chain: regtest',
        'Blocks: 101',
        'Headers: 102',
        `Verification progress: ${'▒'.repeat(10)}${'░'.repeat(10)} 50.0000%`,
        'Difficulty: 4.656542373906925e-10',
        '',
        'Network: in 3, out 5, total 8',
        'Version: 280100',
        'Time offset (s): 0',
        'Proxies: 127.0.0.1:9050 (ipv4, ipv6), 127.0.0.1:7656 (i2p)',
        'Min tx relay fee rate (BTC/kvB): 0.00001000',
        '',
        'Wallet: ""',
        'Keypool size: 4000',
        'Unlocked until: 0',
        'Transaction fee rate (-paytxfee) (BTC/kvB): 0.00000000',
        '',
        'Balance: 50.00000000',
        '',
        'Warnings: first',
        'second',
      ].join('\n'),
    });
  });

  it('leaves out the wallet where there is none, and says when there is nothing to warn of', async () => {
    const none = new RpcFailure(-18, 'No wallet is loaded');
    const quiet = NETWORK.replace('["first","second"]', '""').replace(/"networks":\[.*?\]/, '"networks":[]');
    const done = CHAIN.replace('0.5}', '1}');
    const stub = await serveResults({
      getnetworkinfo: quiet,
      getblockchaininfo: done,
      getwalletinfo: none,
      getbalances: none,
      listwallets: '[]',
    });
    const { out } = await call(stub, '-getinfo');
    expect(out).toContain('Verification progress: 100.0000%\n');
    expect(out).toContain('Proxies: n/a\n');
    expect(out).not.toContain('Wallet');
    expect(out).not.toContain('Balance');
    expect(out).toMatch(/\n\nWarnings: \(none\)$/);
  });

  it('lists the balances of several wallets, unless one is chosen', async () => {
    const none = new RpcFailure(-19, 'Wallet file not specified');
    const stub = await serve(({ path, body }) => {
      const request = JSON.parse(body) as RequestJson | RequestJson[];
      const balances =
        path === '/wallet/b' ? BALANCES.replace('50.0', '12345678.0') : path === '/' ? none : BALANCES;
      const results: Record<string, unknown> = {
        ...all,
        getbalances: balances,
        getwalletinfo: path === '/' ? none : WALLET,
        listwallets: '["","b"]',
      };
      const reply = (one: RequestJson) => answerText(one, results[one.method]);
      return { body: Array.isArray(request) ? `[${request.map(reply).join(',')}]` : reply(request) };
    });
    expect((await call(stub, '-getinfo')).out).toContain(
      '\nBalances\n      50.00000000 ""\n12345678.00000000 b\n\nWarnings',
    );
    const chosen = (await call(stub, '-getinfo', '-rpcwallet=b')).out;
    expect(chosen).toContain('\nBalance: 12345678.00000000\n');
    expect(chosen).not.toContain('Balances');
  });

  it('has colours when told so', async () => {
    const stub = await serveResults({ ...all, listwallets: '[]' });
    expect((await call(stub, '-getinfo', '-color=never')).out).not.toContain('\u001b[');
    const { out } = await call(stub, '-getinfo', '-color=always');
    expect(out).toContain('\u001b[34mChain: regtest\u001b[0m\n');
    expect(out).toContain('\u001b[33mWarnings:\u001b[0m first');
    expect(await call(stub, '-getinfo', '-color=foo')).toMatchObject({
      code: 1,
      err: 'error: Invalid value for -color option. Valid values: always, auto, never.',
    });
  });

  it('fails where the node does, and takes no arguments', async () => {
    const stub = await serveResults({ ...all, getblockchaininfo: new RpcFailure(-28, 'Loading') });
    expect(await call(stub, '-getinfo')).toEqual({
      code: 28,
      out: '',
      err: 'error code: -28\nerror message:\nLoading',
    });
    expect((await call(stub, '-getinfo', 'help')).err).toBe('error: -getinfo takes no arguments');
  });
});
