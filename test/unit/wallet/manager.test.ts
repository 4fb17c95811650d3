import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { DEFAULT_WALLET_OPTIONS } from '../../../src/wallet/options.js';
import { DirectoryStorage } from '../../../src/wallet/storage.js';
import { WalletManager } from '../../../src/wallet/wallet-manager.js';
import { makeWallet, setUpWallets } from '../../support/wallet.js';
import { REGTEST, TestWalletChain } from '../../support/wallet-chain.js';

function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'blocksmith-wallets-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('choosing a wallet', () => {
  it('takes the only one that is loaded, or the one named', async () => {
    const setup = await setUpWallets();
    expect(setup.manager.get()).toBe('none-loaded');
    const first = await makeWallet(setup, 'first');
    expect(setup.manager.get()).toBe(first);
    const second = await makeWallet(setup, 'second');
    expect(setup.manager.get()).toBe('not-specified');
    expect(setup.manager.get('second')).toBe(second);
    expect(setup.manager.get('third')).toBe('not-found');
    await setup.manager.unload(second);
    expect(setup.manager.get()).toBe(first);
  });
});

describe('wallets in a directory', () => {
  it('are listed by their paths, loaded or not', async () => {
    const directory = tempDirectory();
    const setup = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    for (const name of ['', 'one', 'deep/er']) await makeWallet(setup, name);
    mkdirSync(join(directory, 'empty'));
    await setup.manager.unload(await makeWallet(setup, 'gone'));
    expect((await setup.manager.listDir()).sort()).toEqual(['', 'deep/er', 'gone', 'one']);
    expect(setup.manager.list().map(({ name }) => name)).toEqual(['', 'one', 'deep/er']);
  });

  it('are not made or loaded twice', async () => {
    const directory = tempDirectory();
    const setup = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    const wallet = await makeWallet(setup);
    await expect(setup.manager.load('w')).rejects.toMatchObject({
      code: 'already-loaded',
      message: 'Wallet "w" is already loaded.',
    });
    await expect(setup.manager.create('w', {})).rejects.toThrow('Database already exists.');
    await setup.manager.unload(wallet);
    await expect(setup.manager.create('w', {})).rejects.toThrow('Database already exists.');
    const both = await Promise.allSettled([setup.manager.load('w'), setup.manager.load('w')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are not loaded when another process has them', async () => {
    const directory = tempDirectory();
    const first = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    await makeWallet(first);
    const second = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger), load: [] });
    await expect(second.manager.load('w')).rejects.toThrow(
      'Unable to obtain an exclusive lock on the database',
    );
  });

  it('are not found, or not understood', async () => {
    const directory = tempDirectory();
    const setup = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    await expect(setup.manager.load('nowhere')).rejects.toMatchObject({
      code: 'not-found',
      message: `Wallet file verification failed. Failed to load database path '${join(directory, 'nowhere')}'. Path does not exist.`,
    });
    mkdirSync(join(directory, 'foreign'));
    writeFileSync(join(directory, 'foreign', 'wallet.dat'), 'SQLite format 3');
    await expect(setup.manager.load('foreign')).rejects.toThrow('Data is not in recognized format.');
    await expect(setup.manager.create('foreign', {})).rejects.toThrow('Database already exists.');
  });
});

describe('the start', () => {
  it('loads what it is told to, skips what is not there, and fails on what cannot be read', async () => {
    const directory = tempDirectory();
    const first = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    await makeWallet(first, 'a');
    await makeWallet(first, 'b');
    await first.manager.stop();
    const warnings: string[] = [];
    const start = async (load: readonly string[]) => {
      const manager = new WalletManager(
        { dir: directory, params: REGTEST, options: { ...DEFAULT_WALLET_OPTIONS, keypool: 2 }, load },
        {
          chain: new TestWalletChain(),
          clock: new NodeClock(),
          logger: { ...silentLogger, warn: message => warnings.push(message) },
        },
      );
      onTestFinished(() => manager.stop());
      await manager.start();
      return manager.list().map(({ name }) => name);
    };
    expect(await start(['b', 'c', 'b'])).toEqual(['b']);
    expect(warnings).toEqual([
      expect.stringMatching(/^Skipping -wallet path that doesn't exist\./),
      'Ignoring duplicate -wallet b.',
    ]);
    mkdirSync(join(directory, 'foreign'));
    writeFileSync(join(directory, 'foreign', 'wallet.dat'), '');
    await expect(start(['foreign'])).rejects.toThrow(/recognized format/);
  });

  it('loads the nameless wallet when it is told nothing', async () => {
    const directory = tempDirectory();
    const storage = new DirectoryStorage(directory, silentLogger);
    const first = await setUpWallets({ storage });
    await makeWallet(first, '');
    await first.manager.stop();
    const { chain, clock } = first;
    const second = await setUpWallets({ storage, chain, clock });
    expect(second.manager.list().map(({ name }) => name)).toEqual(['']);
  });
});

describe('the list of wallets for the next start', () => {
  it('is kept when the user wishes', async () => {
    const names = new Set<string>();
    const setup = await setUpWallets();
    const manager = new WalletManager(
      { dir: '', params: REGTEST, options: setup.options },
      {
        chain: setup.chain,
        clock: setup.clock,
        logger: silentLogger,
        storage: setup.storage,
        loadOnStart: { add: name => names.add(name).has(name), remove: name => names.delete(name) },
      },
    );
    onTestFinished(() => manager.stop());
    const { wallet, warnings } = await manager.create('kept', {}, true);
    expect([warnings, [...names]]).toEqual([[], ['kept']]);
    await manager.unload(wallet);
    expect(names.size).toBe(1);
    const again = await manager.load('kept', false);
    expect(names.size).toBe(0);
    expect(await manager.unload(again.wallet, false)).toEqual([
      'Wallet load on startup setting could not be updated, so wallet may still be loaded next node startup.',
    ]);
  });
});
