import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cachedCoinsBytes } from '../../../../src/chain/stores.js';
import { chainParams } from '../../../../src/consensus/networks.js';
import { chainOptions, isFrugal, mempoolOptions, minerOptions } from '../../../../src/node/config/chain.js';
import { netOptions } from '../../../../src/node/config/net.js';
import { describeNetwork, networkParams } from '../../../../src/node/config/network.js';
import { rpcAuthOptions, rpcServerOptions } from '../../../../src/node/config/rpc.js';
import { walletDir, walletOptions, walletsToLoad } from '../../../../src/node/config/wallet.js';
import { StartError } from '../../../../src/runtime/errors.js';
import { directoryHome, memoryHome, settingsOf, temporaryDir } from '../../../support/node-settings.js';

const REGTEST = chainParams('regtest');
const MAIN = chainParams('main');

describe('settings of the mempool', () => {
  const mempool = (...args: string[]) => mempoolOptions(settingsOf(args), REGTEST);

  it('are Core’s by default', () => {
    expect(mempool()).toMatchObject({
      maxBytes: 300e6,
      expirySeconds: 336 * 3600,
      minRelayFeeRate: 1000,
      incrementalFeeRate: 1000,
      dustRelayFeeRate: 3000,
      maxDataCarrierBytes: 83,
      permitBareMultisig: true,
      requireStandard: true,
      fullRbf: true,
      bytesPerSigOp: 20,
      limits: { ancestorCount: 25, ancestorSize: 101_000, descendantCount: 25, descendantSize: 101_000 },
    });
  });

  it('are in units of their own', () => {
    const args = [
      '-maxmempool=50',
      '-mempoolexpiry=1',
      '-limitdescendantsize=50',
      '-nodatacarrier',
      '-minrelaytxfee=0',
    ];
    expect(mempool(...args)).toMatchObject({
      maxBytes: 50e6,
      expirySeconds: 3600,
      maxDataCarrierBytes: undefined,
      minRelayFeeRate: 0,
      limits: { descendantSize: 50_000 },
    });
  });

  it('relay for no less than a step of replacement costs, unless told to', () => {
    expect(mempool('-incrementalrelayfee=0.0001').minRelayFeeRate).toBe(10_000);
    expect(mempool('-incrementalrelayfee=0.0001', '-minrelaytxfee=0.00001').minRelayFeeRate).toBe(1000);
  });

  it('take non-standard transactions on test networks only', () => {
    expect(mempool('-acceptnonstdtxn').requireStandard).toBe(false);
    expect(() => mempoolOptions(settingsOf(['-acceptnonstdtxn']), MAIN)).toThrow(
      'acceptnonstdtxn is not currently supported for main chain',
    );
  });

  it('have room for forty long chains at least', () => {
    expect(() => mempool('-maxmempool=4')).toThrow('-maxmempool must be at least 5 MB');
    expect(() => mempool('-maxmempool=-1')).toThrow('-maxmempool must be at least 5 MB');
    expect(mempool('-maxmempool=5').maxBytes).toBe(5e6);
    expect(() => mempool('-maxmempool=5', '-limitdescendantsize=200')).toThrow(
      '-maxmempool must be at least 8 MB',
    );
  });

  it('need little room where no transactions are taken from peers', () => {
    expect(mempool('-blocksonly').maxBytes).toBe(5e6);
    expect(mempool('-blocksonly', '-maxmempool=50').maxBytes).toBe(50e6);
  });
});

describe('settings of the chain', () => {
  const chain = (...args: string[]) => chainOptions(settingsOf(args), REGTEST, memoryHome());

  it('keep the cache within Core’s bounds', () => {
    expect(chain('-dbcache=1').dbCacheBytes).toBe(4 * 1024 ** 2);
    expect(chain('-dbcache=100').dbCacheBytes).toBe(100 * 1024 ** 2);
    expect(
      [[], ['-dbcache=101'], ['-dbcache=100'], ['-dbcache=1']].map(args => isFrugal(settingsOf(args))),
    ).toEqual([false, false, true, true]);
  });

  it('divide the cache as Core does: LevelDB gets 2 MiB and 8 MiB, or less of a small one', () => {
    const mebibytes = [4, 16, 50, 450].map(total => cachedCoinsBytes(total * 1024 ** 2) / 1024 ** 2);
    expect(mebibytes).toEqual([1.75, 7, 40, 440]);
  });

  it('say how much is written to the coins database at once', () => {
    expect(chain().dbBatchSize).toBe(64 * 1024);
    expect(chain('-dbbatchsize=5000').dbBatchSize).toBe(5000);
  });

  it('say whether and how far blocks are pruned', () => {
    expect(chain().prune).toBeUndefined();
    expect(chain('-prune=0').prune).toBeUndefined();
    expect(chain('-noprune').prune).toBeUndefined();
    expect(chain('-prune').prune).toBeUndefined();
    expect(chain('-prune=1').prune).toBe('manual');
    expect(chain('-prune=550').prune).toBe(576716800);
    expect(chain('-prune=123456789').prune).toBe(123456789 * 1024 ** 2);
  });

  it.each([
    [['-prune=-1'], 'Prune cannot be configured with a negative value.'],
    [['-prune=2'], 'Prune configured below the minimum of 550 MiB.  Please use a higher number.'],
    [['-prune=549'], 'Prune configured below the minimum of 550 MiB.  Please use a higher number.'],
    [['-prune=1', '-txindex'], 'Prune mode is incompatible with -txindex.'],
    [
      ['-prune=550', '-reindex-chainstate'],
      'Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.',
    ],
  ])('refuse %j', (args, message) => {
    expect(() => chain(...args)).toThrow(new StartError(message));
  });

  it('take a bare -checkblockindex for 1', () => {
    expect(['', '=0', '=5'].map(value => chain(`-checkblockindex${value}`).checkBlockIndex)).toEqual([
      1, 0, 5,
    ]);
    expect(chain('-nocheckblockindex').checkBlockIndex).toBe(0);
  });

  it('say where its data are', () => {
    const home = memoryHome();
    expect(home.kind === 'memory' && chainOptions(settingsOf(), REGTEST, home).storage).toBe(
      home.kind === 'memory' && home.memory.chain,
    );
    const paths = {
      base: '/b',
      network: '/b/r',
      blocks: '/x/blocks',
      blockIndex: '/b/r/blocks/index',
      chainstate: '/b/r/cs',
      wallets: '/b/r/w',
    };
    expect(chainOptions(settingsOf(), REGTEST, { kind: 'directory', paths }).storage).toEqual({
      blocksDir: '/x/blocks',
      indexDir: '/b/r/blocks/index',
      chainstateDir: '/b/r/cs',
    });
  });
});

describe('settings of the miner', () => {
  it('leave the version of blocks to the rules unless it is given', () => {
    expect(minerOptions(settingsOf())).toMatchObject({
      maxWeight: 3_996_000,
      minFeeRate: 1000,
      version: undefined,
    });
    const args = ['-blockversion=7', '-blockmaxweight=5000', '-blockmintxfee=0.00002'];
    expect(minerOptions(settingsOf(args))).toMatchObject({ maxWeight: 5000, minFeeRate: 2000, version: 7 });
    expect(() => minerOptions(settingsOf(['-blockmintxfee=x']))).toThrow(
      "Invalid amount for -blockmintxfee=<amount>: 'x'",
    );
  });
});

describe('settings of the network', () => {
  const params = (args: readonly string[], network: 'main' | 'regtest' | 'signet' = 'regtest') =>
    networkParams(settingsOf([`-chain=${network}`, ...args]));

  it('change heights and deployments of regtest', () => {
    const { consensus } = params([
      '-testactivationheight=segwit@5',
      '-testactivationheight=csv@7',
      '-vbparams=testdummy:1:9223372036854775807:3',
    ]);
    expect(consensus.buriedHeights).toMatchObject({ segwit: 5, csv: 7, cltv: 1 });
    expect(consensus.deployments.testdummy).toMatchObject({ startTime: 1, minActivationHeight: 3 });
  });

  it('change each buried deployment by its name, the last value counting', () => {
    const names = ['bip34', 'dersig', 'cltv', 'csv', 'segwit'];
    const args = names.flatMap((name, i) => [1, 100 + i].map(at => `-testactivationheight=${name}@${at}`));
    expect(params(args).consensus.buriedHeights).toEqual({
      bip34: 100,
      dersig: 101,
      cltv: 102,
      csv: 103,
      segwit: 104,
    });
  });

  it('take signs where Core does', () => {
    const { deployments } = params(['-vbparams=taproot:-1:+5:-3', '-testactivationheight=csv@+7']).consensus;
    expect(deployments.taproot).toMatchObject({ startTime: -1, timeout: 5, minActivationHeight: -3 });
  });

  it('are told in the log', () => {
    const lines = (...args: readonly string[]) => {
      const settings = settingsOf(args);
      return describeNetwork(settings, networkParams(settings));
    };
    expect(lines('-regtest', '-vbparams=taproot:0:9223372036854775807:7')).toEqual([
      'Setting version bits activation parameters for taproot to start=0, timeout=9223372036854775807, min_activation_height=7',
    ]);
    expect(lines('-signet', '-signetchallenge=51')).toEqual([
      'Signet with challenge 51',
      'Signet derived magic (message start): 54d26fbd',
    ]);
    expect(lines('-signet')).toEqual(['Signet derived magic (message start): 0a03cf40']);
    expect(lines('-vbparams=taproot:0:1')).toEqual([]);
  });

  it.each([
    ['-testactivationheight=segwit', 'Invalid format (segwit) for -testactivationheight=name@height.'],
    [
      '-testactivationheight=segwit@-2',
      'Invalid height value (segwit@-2) for -testactivationheight=name@height.',
    ],
    ['-testactivationheight=segwit@2147483647', 'Invalid height value (segwit@2147483647) for'],
    ['-testactivationheight=segwit@1@2', 'Invalid height value (segwit@1@2) for'],
    ['-testactivationheight=foo@1', 'Invalid name (foo@1) for -testactivationheight=name@height.'],
    [
      '-vbparams=testdummy:1',
      'Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]',
    ],
    ['-vbparams=testdummy:x:1', 'Invalid nStartTime (x)'],
    ['-vbparams=testdummy:1:', 'Invalid nTimeout ()'],
    ['-vbparams=testdummy:1:2:x', 'Invalid min_activation_height (x)'],
    ['-vbparams=testdummy:1:2:3:4', 'Version bits parameters malformed'],
    ['-vbparams=testdummy:1.5:2', 'Invalid nStartTime (1.5)'],
    ['-vbparams=testdummy:1:9223372036854775808', 'Invalid nTimeout (9223372036854775808)'],
    ['-vbparams=testdummy:1:2:2147483648', 'Invalid min_activation_height (2147483648)'],
    ['-vbparams=foo:1:2', 'Invalid deployment (foo)'],
    ['-testactivationheight=segwit@', 'Invalid height value (segwit@) for'],
    ['-testactivationheight=segwit@1x', 'Invalid height value (segwit@1x) for'],
    ['-testactivationheight=bip66@1', 'Invalid name (bip66@1) for'],
    ['-testactivationheight=', 'Invalid format () for -testactivationheight=name@height.'],
  ])('refuse %s', (arg, message) => {
    expect(() => params([arg])).toThrow(message);
    // Other networks have no such settings and do not read them.
    params([arg], 'main');
  });

  it('make a signet of one’s own', () => {
    const own = params(['-signetchallenge=51', '-signetseednode=a', '-signetseednode=b'], 'signet');
    expect(own.consensus.signetChallenge).toEqual(Buffer.from([0x51]));
    expect(own.dnsSeeds).toEqual(['a', 'b']);
    expect(() => params(['-signetchallenge=5'], 'signet')).toThrow("-signetchallenge must be hex, not '5'.");
    const read = (hex: string) => params([`-signetchallenge=${hex}`], 'signet').consensus.signetChallenge;
    expect(read(' 51 52')).toEqual(Buffer.from([0x51, 0x52]));
    expect(read('')).toEqual(Buffer.alloc(0));
    expect(() => params(['-signetchallenge=51', '-signetchallenge=52'], 'signet')).toThrow(
      '-signetchallenge cannot be multiple values.',
    );
  });

  it('say what work and which block to trust', () => {
    expect(params(['-minimumchainwork=0x65']).consensus.minimumChainWork).toBe(0x65n);
    expect(params(['-minimumchainwork=0x65'], 'main').defaultMinimumChainWork).toBe(
      0x88e186b70e0862c193ec44d6n,
    );
    expect(params(['-nominimumchainwork'], 'main').consensus.minimumChainWork).toBe(0n);
    expect(params([`-minimumchainwork=5${'0'.repeat(62)}65`]).consensus.minimumChainWork).toBe(0x65n);
    expect(() => params(['-minimumchainwork=test'])).toThrow(
      'Invalid non-hex (test) minimum chain work value specified',
    );
    expect(MAIN.consensus.assumeValid).not.toEqual(new Uint8Array(32));
    expect([...(params(['-noassumevalid'], 'main').consensus.assumeValid ?? [])]).toEqual(Array(32).fill(0));
  });
});

describe('settings of the peer-to-peer side', () => {
  const net = (...args: string[]) => netOptions(settingsOf(args), REGTEST, undefined);

  it.each([
    [[], true, true],
    [['-connect=1.2.3.4'], false, false],
    [['-noconnect'], false, false],
    [['-maxconnections=0'], false, false],
    [['-maxconnections=8'], true, true],
    [['-connect=1.2.3.4', '-bind=127.0.0.1'], true, false],
    [['-connect=1.2.3.4', '-listen', '-dnsseed'], true, true],
    [['-nolisten'], false, true],
    [['-onlynet=onion'], true, false],
    [['-onlynet=onion', '-onlynet=ipv4'], true, true],
  ])('with %j listen: %s, ask DNS seeds: %s', (args, listen, dnsSeed) => {
    expect(net(...args)).toMatchObject({ listen, dnsSeed });
  });

  it.each([
    [[], undefined],
    [
      ['-connect=a', '-connect=b'],
      ['a', 'b'],
    ],
    [['-connect=0'], []],
    [['-noconnect'], []],
    [
      ['-connect=0', '-connect=a'],
      ['0', 'a'],
    ],
  ])('with %j connect to %j', (args, connect) => {
    expect(net(...args).connect).toEqual(connect);
  });

  it.each([
    [[], true],
    [['-blocksonly'], false],
    [['-blocksonly', '-whitelistrelay'], true],
    [['-nowhitelistrelay'], false],
  ])('with %j relay for the whitelist: %s', (args, whitelistRelay) => {
    expect(net(...args).whitelistRelay).toBe(whitelistRelay);
  });

  it.each([
    [['-bind=127.0.0.1', '-nolisten'], 'Cannot set -bind or -whitebind together with -listen=0'],
    [['-forcednsseed', '-nodnsseed'], 'Cannot set -forcednsseed to true when setting -dnsseed to false.'],
    [['-peertimeout=0'], 'peertimeout must be a positive integer.'],
    [['-onlynet=abc'], "Unknown network specified in -onlynet: 'abc'"],
    [
      ['-dnsseed', '-onlynet=i2p'],
      'Incompatible options: -dnsseed=1 was explicitly specified, but -onlynet forbids connections to IPv4/IPv6',
    ],
    [['-maxuploadtarget=x'], "Unable to parse -maxuploadtarget: 'x'"],
    [['-port=70000'], "Invalid port specified in -port: '70000'"],
  ])('refuse %j', (args, message) => {
    expect(() => net(...args)).toThrow(message);
  });

  it('let less wait in a node that is to take little memory, unless they say how much', () => {
    const received = (...args: string[]) => net(...args).maxReceiveBuffer;
    expect([received(), received('-dbcache=101'), received('-dbcache=50')]).toEqual([5e6, 5e6, 1e6]);
    expect(received('-dbcache=50', '-maxreceivebuffer=2000')).toBe(2e6);
  });

  it('are in units of their own', () => {
    expect(net('-maxreceivebuffer=7', '-maxsendbuffer=8', '-timeout=0', '-maxorphantx=-5')).toMatchObject({
      maxReceiveBuffer: 7000,
      maxSendBuffer: 8000,
      connectTimeoutMs: 5000,
      maxOrphanTransactions: 0,
      port: REGTEST.defaultPort,
    });
  });
});

describe('settings of RPC', () => {
  const rpc = (...args: string[]) => rpcServerOptions(settingsOf(args), REGTEST);
  const loopback = [
    { host: '::1', port: 18443 },
    { host: '127.0.0.1', port: 18443 },
  ];

  it('let others in only when told both from where and on which address', () => {
    expect(rpc().bind).toEqual(loopback);
    expect(rpc('-rpcbind=0.0.0.0').bind).toEqual(loopback);
    expect(rpc('-rpcallowip=10.0.0.0/8').bind).toEqual(loopback);
    expect(
      rpc('-rpcallowip=10.0.0.0/8', '-rpcbind=10.0.0.1', '-rpcbind=[::]:99', '-rpcbind=::1').bind,
    ).toEqual([
      { host: '10.0.0.1', port: 18443 },
      { host: '::', port: 99 },
      { host: '::1', port: 18443 },
    ]);
  });

  it.each(['127.0.0.1:0', '127.0.0.1:65536', '127.0.0.1:notaport', '[::1]:0'])(
    'refuse to bind to %s',
    text => {
      expect(() => rpc('-rpcallowip=::/0', `-rpcbind=${text}`)).toThrow(
        `Invalid port specified in -rpcbind: '${text}'`,
      );
    },
  );

  it('allow a user what all lists for that user name', () => {
    const { whitelist, whitelistDefault } = rpc(
      '-rpcwhitelist=a:getblock,getblockcount',
      '-rpcwhitelist=a:getblock, stop',
      '-rpcwhitelist=b',
    );
    expect([...whitelist].map(([user, methods]) => [user, [...methods]])).toEqual([
      ['a', ['getblock']],
      ['b', []],
    ]);
    expect(whitelistDefault).toBe(true);
    expect(rpc().whitelistDefault).toBe(false);
    expect(rpc('-rpcwhitelist=a:x', '-rpcwhitelistdefault=0').whitelistDefault).toBe(false);
  });

  it('say who may read the cookie, and where it is', () => {
    const auth = (...args: string[]) => rpcAuthOptions(settingsOf(args), directoryHome('/net'));
    expect(auth()).toMatchObject({ cookieFile: '/net/.cookie', cookieMode: 0o600, password: '' });
    expect(auth('-rpccookieperms=group').cookieMode).toBe(0o640);
    expect(auth('-rpccookieperms=all', '-rpccookiefile=/else/c')).toMatchObject({
      cookieFile: '/else/c',
      cookieMode: 0o644,
    });
    expect(() => auth('-rpccookieperms=abc')).toThrow(
      'Unable to start HTTP server. See debug log for details.',
    );
  });
});

describe('settings of wallets', () => {
  const dir = temporaryDir();

  it('name kinds of addresses', () => {
    expect(walletOptions(settingsOf(['-addresstype=legacy', '-changetype=bech32m']))).toMatchObject({
      addressType: 'legacy',
      changeType: 'bech32m',
    });
    expect(walletOptions(settingsOf()).addressType).toBe('bech32');
    expect(() => walletOptions(settingsOf(['-addresstype=abc']))).toThrow("Unknown address type 'abc'");
    expect(() => walletOptions(settingsOf(['-changetype=abc']))).toThrow("Unknown change type 'abc'");
  });

  it('do not broadcast where no transactions are relayed, unless told to', () => {
    expect(walletOptions(settingsOf()).walletBroadcast).toBe(true);
    expect(walletOptions(settingsOf(['-blocksonly'])).walletBroadcast).toBe(false);
    expect(walletOptions(settingsOf(['-blocksonly', '-walletbroadcast'])).walletBroadcast).toBe(true);
  });

  it('may lie elsewhere, in a directory that is there and named in full', () => {
    const missing = join(dir.path(), 'missing');
    const file = dir.write('file', '');
    mkdirSync(join(dir.path(), 'w'));
    const where = (path: string) => walletDir(settingsOf([`-walletdir=${path}`]), '/default');
    expect(walletDir(settingsOf(), '/default')).toBe('/default');
    expect(where(join(dir.path(), 'w'))).toBe(join(dir.path(), 'w'));
    expect(() => where(missing)).toThrow(`Specified -walletdir "${missing}" does not exist`);
    expect(() => where(file)).toThrow(`Specified -walletdir "${file}" is not a directory`);
    expect(() => where('test')).toThrow('Specified -walletdir "test" is a relative path');
  });

  it('to load are those named; nothing named is not the same as none', () => {
    expect(walletsToLoad(settingsOf())).toBeUndefined();
    expect(walletsToLoad(settingsOf(['-nowallet']))).toEqual([]);
    expect(walletsToLoad(settingsOf(['-wallet=a', '-wallet=']))).toEqual(['a', '']);
  });
});
