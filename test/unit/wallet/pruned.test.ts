import { describe, expect, it } from 'vitest';
import { COIN } from '../../../src/primitives/amount.js';
import { StartError } from '../../../src/runtime/errors.js';
import { balances } from '../../../src/wallet/balance.js';
import { reserveScan, scan, scanFromTime } from '../../../src/wallet/rescan.js';
import { TIMESTAMP_WINDOW, type Wallet } from '../../../src/wallet/wallet.js';
import { makeWallet, newScript, setUpWallets, type WalletSetup } from '../../support/wallet.js';

const BEYOND_PRUNED =
  'Prune: last wallet synchronisation goes beyond pruned data. You need to -reindex (download the whole blockchain again in case of pruned node)';

/** A wallet that was closed at height 120, of a chain that went on to 150. */
async function leftBehind(): Promise<WalletSetup> {
  const setup = await setUpWallets();
  const wallet = await makeWallet(setup);
  const script = await newScript(wallet);
  setup.chain.mine(120);
  await setup.manager.stop();
  setup.chain.pay([{ script, value: COIN }]);
  setup.chain.mine(30);
  return setup;
}

/** A wallet at height 150 that was paid in block 121. */
async function paidOnce(): Promise<WalletSetup & { readonly wallet: Wallet }> {
  const setup = await setUpWallets();
  const wallet = await makeWallet(setup);
  setup.chain.mine(120);
  setup.chain.pay([{ script: await newScript(wallet), value: COIN }]);
  setup.chain.mine(30);
  return { ...setup, wallet };
}

describe('a wallet that is loaded by a pruned node', () => {
  it('catches up while all that it lacks is there', async () => {
    const { chain, storage, clock } = await leftBehind();
    chain.prunedHeight = 120;
    const { manager } = await setUpWallets({ chain, storage, clock, load: [] });
    const { wallet } = await manager.load('w');
    expect(wallet.ledger.tip.height).toBe(150);
    expect(balances(wallet).trusted).toBe(COIN);
  });

  it('is refused when one block of that is gone', async () => {
    const { chain, storage, clock } = await leftBehind();
    chain.prunedHeight = 121;
    const { manager } = await setUpWallets({ chain, storage, clock, load: [] });
    await expect(manager.load('w')).rejects.toMatchObject({
      code: 'failed',
      message: `Wallet loading failed. ${BEYOND_PRUNED}`,
    });
    expect(manager.list()).toEqual([]);
    // It can be tried again.
    chain.prunedHeight = 100;
    expect((await manager.load('w')).wallet.ledger.tip.height).toBe(150);
  });

  it('ends the start of the node where it was to be loaded with it', async () => {
    const { chain, storage, clock } = await leftBehind();
    chain.prunedHeight = 130;
    await expect(setUpWallets({ chain, storage, clock, load: ['w'] })).rejects.toEqual(
      new StartError(BEYOND_PRUNED),
    );
  });

  it('is refused when a block goes while it reads', async () => {
    const { chain, storage, clock } = await leftBehind();
    const read = chain.readBlock.bind(chain);
    chain.readBlock = ref => {
      chain.prunedHeight = 125;
      return read(ref);
    };
    const { manager } = await setUpWallets({ chain, storage, clock, load: [] });
    await expect(manager.load('w')).rejects.toThrow(
      'Wallet loading failed. Failed to rescan the wallet during initialization',
    );
  });
});

describe('a rescan over pruned blocks', () => {
  const scanning = async <T>(wallet: Wallet, work: () => Promise<T>): Promise<T> => {
    const release = reserveScan(wallet);
    try {
      return await work();
    } finally {
      release();
    }
  };

  it('fails, but takes in what is there', async () => {
    const { chain, wallet } = await paidOnce();
    chain.prunedHeight = 100;
    const genesis = chain.at(0);
    if (genesis === undefined) throw new Error('no genesis');
    expect(await scanning(wallet, () => scan(wallet, genesis))).toMatchObject({
      status: 'failed',
      lastScanned: { height: 150 },
      failedTime: chain.at(100)?.time,
    });
    expect(balances(wallet).trusted).toBe(COIN);
  });

  it('tells from which time on everything was seen', async () => {
    const { chain, wallet } = await paidOnce();
    const birth = (chain.at(60)?.time ?? 0) + TIMESTAMP_WINDOW;
    expect(await scanning(wallet, () => scanFromTime(wallet, birth))).toBe(birth);
    chain.prunedHeight = 100;
    const seenFrom = (chain.at(100)?.time ?? 0) + TIMESTAMP_WINDOW + 1;
    expect(await scanning(wallet, () => scanFromTime(wallet, birth))).toBe(seenFrom);
    expect(await scanning(wallet, () => scanFromTime(wallet, seenFrom))).toBe(seenFrom);
  });
});
