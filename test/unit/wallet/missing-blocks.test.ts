import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { writeBackup } from '../../../src/wallet/backup.js';
import { balances } from '../../../src/wallet/balance.js';
import { DirectoryStorage } from '../../../src/wallet/storage.js';
import { makeWallet, newScript, setUpWallets } from '../../support/wallet.js';

const text = (height: number) =>
  'Wallet loading failed. Error loading wallet. Wallet requires blocks to be downloaded, and software does not ' +
  'currently support loading wallets while blocks are being downloaded out of order when using assumeutxo snapshots. ' +
  `Wallet should be able to load successfully after node sync reaches height ${height}`;

describe('a wallet that lacks blocks which are not there', () => {
  it('is not loaded before they come, by name or from a backup', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'blocksmith-wallet-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const setup = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    const { chain, manager, storage } = setup;
    const wallet = await makeWallet(setup);
    chain.mine(120);
    chain.pay([{ script: await newScript(wallet), value: COIN }]);
    const file = join(directory, 'safe');
    await writeBackup(wallet, file);
    await manager.unload(wallet);
    chain.mine(10);

    chain.lowestBlock = chain.tip().height - 3;
    await expect(manager.load('w')).rejects.toThrow(text(chain.lowestBlock));
    await expect(manager.restore('again', file)).rejects.toThrow(text(chain.lowestBlock));
    expect(await storage.look('again')).toBe('absent');

    chain.lowestBlock = 0;
    const { wallet: loaded } = await manager.load('w');
    const { wallet: restored } = await manager.restore('again', file);
    expect(balances(loaded).trusted).toBe(COIN);
    expect(balances(restored).trusted).toBe(COIN);
  });

  it('is loaded when it stands at the tip', async () => {
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(3);
    await setup.manager.unload(wallet);
    setup.chain.lowestBlock = setup.chain.tip().height + 1;
    await expect(setup.manager.load('w')).resolves.toBeDefined();
  });
});
