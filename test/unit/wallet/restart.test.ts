import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { outPointKey } from '../../../src/primitives/outpoint.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { writeBackup } from '../../../src/wallet/backup.js';
import { balances } from '../../../src/wallet/balance.js';
import { DirectoryStorage, MemoryStorage } from '../../../src/wallet/storage.js';
import type { Wallet } from '../../../src/wallet/wallet.js';
import { makeWallet, newScript, send, setUpWallets, type WalletSetup } from '../../support/wallet.js';
import { FOREIGN_SCRIPT } from '../../support/wallet-chain.js';

function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'blocksmith-wallet-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** All that a restart must not change. */
function contentOf(wallet: Wallet) {
  return {
    balances: balances(wallet),
    tip: { ...wallet.ledger.tip, hash: hashToHex(wallet.ledger.tip.hash) },
    transactions: wallet.ledger.inOrder().map(wtx => ({
      id: hashToHex(wtx.tx.wtxid),
      state: wtx.state.type,
      depth: wallet.ledger.depth(wtx),
      time: wtx.time,
      received: wtx.timeReceived,
      order: wtx.order,
      fromMe: wtx.fromMe,
      notes: [...wtx.notes],
      conflicts: wtx.mempoolConflicts.size,
    })),
    addresses: wallet.addressBook.list(),
    locked: [...wallet.lockedCoins.keys()],
    flags: [...wallet.flags].sort(),
    descriptors: [...wallet.keychain.all()]
      .map(one => [one.text(true), one.record.rangeEnd, one.record.nextIndex])
      .sort(),
  };
}

async function restart(setup: WalletSetup, name = 'w'): Promise<{ setup: WalletSetup; wallet: Wallet }> {
  await setup.manager.stop();
  const { chain, storage, clock } = setup;
  const again = await setUpWallets({ chain, storage, clock, load: [name] });
  const wallet = again.manager.get(name);
  if (typeof wallet === 'string') throw new Error(wallet);
  return { setup: again, wallet };
}

async function busyWallet(setup: WalletSetup): Promise<Wallet> {
  const { chain } = setup;
  const wallet = await makeWallet(setup, 'w', { avoidReuse: true });
  chain.mine(120);
  chain.pay([{ script: await newScript(wallet), value: 3 * COIN }]);
  chain.mine(2);
  await send(wallet, FOREIGN_SCRIPT, COIN);
  chain.mine(1, await newScript(wallet, 'bech32m'));
  chain.pay([{ script: await newScript(wallet, 'legacy'), value: COIN }]);
  const spent = await send(wallet, FOREIGN_SCRIPT, COIN / 2);
  chain.evict(spent.tx, 'expiry');
  const wtx = wallet.ledger.get(spent.tx.txid);
  if (wtx !== undefined) wallet.ledger.abandon(wtx);
  await wallet.newAddress('p2sh-segwit', 'savings');
  const [coin] = wallet.ledger.ownCoins();
  if (coin !== undefined) wallet.lockCoin(outPointKey(coin.wtx.tx.txid, coin.vout), true);
  return wallet;
}

describe.each([
  ['memory', () => ({})],
  ['LevelDB', () => ({ storage: new DirectoryStorage(tempDirectory(), silentLogger) })],
])('a wallet in %s', (_name, changes) => {
  it('is the same after a restart', async () => {
    const setup = await setUpWallets(changes());
    const before = contentOf(await busyWallet(setup));
    expect(before.transactions.length).toBeGreaterThan(4);
    const { wallet } = await restart(setup);
    expect(contentOf(wallet)).toEqual(before);
  });

  it('takes in the blocks that came while it was not loaded', async () => {
    const setup = await setUpWallets(changes());
    const wallet = await makeWallet(setup);
    setup.chain.mine(120);
    const script = await newScript(wallet);
    await setup.manager.stop();
    setup.chain.pay([{ script, value: COIN }]);
    setup.chain.mine(3);
    setup.chain.pay([{ script, value: 2 * COIN }]);
    const { wallet: again } = await restart(setup);
    expect(balances(again)).toEqual({ trusted: COIN, untrustedPending: 2 * COIN, immature: 0 });
    expect(again.ledger.tip.height).toBe(setup.chain.tip().height);
  });
});

describe('a wallet in memory', () => {
  it('is opened on a copy as it was there, whatever became of one that was opened on another', async () => {
    const storage = new MemoryStorage();
    const setup = await setUpWallets({ storage });
    const wallet = await busyWallet(setup);
    const before = contentOf(wallet);
    await setup.manager.checkpoint();
    const copies = [storage.clone(), storage.clone()];
    for (const copy of copies) {
      const { setup: other, wallet: opened } = await restart({ ...setup, storage: copy });
      expect(contentOf(opened)).toEqual(before);
      opened.lockedCoins.clear();
      opened.setFlag('avoid_reuse', false);
      await opened.newAddress('bech32', 'later');
      for (const wtx of opened.ledger.inOrder()) {
        wtx.notes.set('comment', 'changed');
        wtx.state = { type: 'inactive', abandoned: true };
      }
      expect(contentOf(opened)).not.toEqual(before);
      await other.manager.stop();
    }
  });
});

describe('a wallet that was not loaded during a reorganisation', () => {
  it('goes back to the fork and takes in the other blocks', async () => {
    const setup = await setUpWallets();
    const { chain } = setup;
    const wallet = await makeWallet(setup);
    chain.mine(120);
    const script = await newScript(wallet);
    const paid = chain.pay([{ script, value: COIN }]);
    chain.mine(2);
    chain.mine(1, script);
    await setup.manager.stop();
    chain.disconnect(30);
    chain.evict(paid, 'expiry');
    chain.mine(25);
    chain.pay([{ script, value: 2 * COIN }]);
    chain.mine(10);
    const { wallet: again } = await restart(setup);
    expect(again.ledger.tip.height).toBe(chain.tip().height);
    // The first payment is in conflict: its coin was spent again.
    expect(again.ledger.get(paid.txid)?.isConfirmed).toBe(false);
    expect(balances(again)).toEqual({ trusted: 2 * COIN, untrustedPending: 0, immature: 0 });
  });

  it('finds its way when the chain changes while it reads', async () => {
    const setup = await setUpWallets();
    const { chain } = setup;
    const wallet = await makeWallet(setup);
    chain.mine(120);
    const script = await newScript(wallet);
    await setup.manager.stop();
    chain.pay([{ script, value: COIN }]);
    chain.mine(20);
    const read = chain.readBlock.bind(chain);
    let reads = 0;
    chain.readBlock = ref => {
      if (++reads === 10) {
        chain.disconnect(15);
        chain.mine(16);
      }
      return read(ref);
    };
    const { wallet: again } = await restart(setup);
    expect(again.ledger.tip).toMatchObject({ height: chain.tip().height, hash: chain.tip().hash });
    expect(balances(again).trusted).toBe(COIN);
  });
});

describe('a wallet of another chain', () => {
  it('is refused', async () => {
    const setup = await setUpWallets();
    await makeWallet(setup);
    setup.chain.mine(5);
    await setup.manager.stop();
    const { storage } = setup;
    const other = await setUpWallets({ storage, load: [] });
    other.chain.mine(1);
    const { TestWalletChain } = await import('../../support/wallet-chain.js');
    const elsewhere = await setUpWallets({ storage, load: [], chain: new TestWalletChain(1_600_000_000) });
    await expect(elsewhere.manager.load('w')).rejects.toThrow(
      'Wallet files should not be reused across chains.',
    );
  });
});

describe('a backup', () => {
  it('brings back what it was made of, and what came after from the chain', async () => {
    const directory = tempDirectory();
    const setup = await setUpWallets();
    const wallet = await makeWallet(setup);
    setup.chain.mine(120);
    setup.chain.pay([{ script: await newScript(wallet), value: COIN }]);
    setup.chain.mine();
    const file = join(directory, 'safe');
    await writeBackup(wallet, file);
    setup.chain.pay([{ script: await newScript(wallet), value: COIN }]);
    setup.chain.mine();
    const { wallet: restored } = await setup.manager.restore('again', file);
    expect(balances(restored)).toEqual(balances(wallet));
    expect(balances(restored).trusted).toBe(2 * COIN);
    await expect(setup.manager.restore('again', file)).rejects.toMatchObject({ code: 'already-exists' });
    await expect(setup.manager.restore('none', join(directory, 'nothing'))).rejects.toThrow(
      'Backup file does not exist',
    );
    const bytes = readFileSync(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(setup.manager.restore('bad', file)).rejects.toThrow('the backup is damaged');
  });
});

describe('what survives a crash', () => {
  it('is all that was settled', async () => {
    const directory = tempDirectory();
    const setup = await setUpWallets({ storage: new DirectoryStorage(directory, silentLogger) });
    const before = contentOf(await busyWallet(setup));
    await setup.manager.settled();
    // A copy of the files as they are is what a process finds that comes after a killed one.
    const { cpSync } = await import('node:fs');
    const copy = tempDirectory();
    cpSync(directory, copy, { recursive: true });
    const { chain, clock } = setup;
    const again = await setUpWallets({
      chain,
      clock,
      storage: new DirectoryStorage(copy, silentLogger),
      load: ['w'],
    });
    const wallet = again.manager.get('w');
    expect(typeof wallet).toBe('object');
    if (typeof wallet !== 'string') expect(contentOf(wallet)).toEqual(before);
  });
});
