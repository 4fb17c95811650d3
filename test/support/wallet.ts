import { onTestFinished } from 'vitest';
import { sha256 } from '../../src/crypto/hash.js';
import { NodeClock } from '../../src/runtime/clock.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { addressToScript } from '../../src/script/address.js';
import { commitTransaction } from '../../src/wallet/broadcast.js';
import type { NewWallet } from '../../src/wallet/modules.js';
import { DEFAULT_WALLET_OPTIONS, type WalletOptions } from '../../src/wallet/options.js';
import type { CoinControl } from '../../src/wallet/spend/coin-control.js';
import { type CreatedTransaction, createTransaction } from '../../src/wallet/spend/create-transaction.js';
import { SpendFailure } from '../../src/wallet/spend/failure.js';
import type { RandomSource } from '../../src/wallet/spend/selection/random.js';
import { MemoryStorage, type WalletStorage } from '../../src/wallet/storage.js';
import type { Wallet } from '../../src/wallet/wallet.js';
import { WalletManager } from '../../src/wallet/wallet-manager.js';
import { REGTEST, TestWalletChain } from './wallet-chain.js';

export interface WalletSetup {
  readonly chain: TestWalletChain;
  readonly manager: WalletManager;
  readonly clock: NodeClock;
  readonly storage: WalletStorage;
  readonly options: WalletOptions;
}

export interface SetupChanges {
  readonly chain?: TestWalletChain;
  readonly storage?: WalletStorage;
  readonly options?: Partial<WalletOptions>;
  readonly load?: readonly string[];
  readonly clock?: NodeClock;
}

/** A manager over a small chain whose time the clock has; keypools are short. */
export async function setUpWallets(changes: SetupChanges = {}): Promise<WalletSetup> {
  const chain = changes.chain ?? new TestWalletChain();
  const clock = changes.clock ?? new NodeClock();
  if (clock.mockTime === 0) clock.setMockTime(chain.tip().time);
  const storage = changes.storage ?? new MemoryStorage();
  const options = { ...DEFAULT_WALLET_OPTIONS, keypool: 5, fallbackFee: 20_000, ...changes.options };
  const settings = { dir: '', params: REGTEST, options, load: changes.load };
  const manager = new WalletManager(settings, { chain, clock, logger: silentLogger, storage });
  chain.notify(manager);
  await manager.start();
  onTestFinished(() => manager.stop());
  return { chain, manager, clock, storage, options };
}

/** A wallet whose keys follow from its name, so that tests go the same way every time. */
export async function makeWallet(
  { manager }: Pick<WalletSetup, 'manager'>,
  name = 'w',
  spec: NewWallet = {},
): Promise<Wallet> {
  const { wallet } = await manager.create(name, { seed: sha256(Buffer.from(name)), ...spec });
  return wallet;
}

/** Chance that is the same every time. */
export function seededRandom(seed = 1): RandomSource {
  let state = seed;
  return {
    below(bound) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    },
  };
}

export function scriptOf(address: string): Uint8Array {
  const script = addressToScript(address, REGTEST.address);
  if (script === undefined) throw new Error(`no address: ${address}`);
  return script;
}

/** Output script of a new address. */
export async function newScript(
  wallet: Wallet,
  type: Parameters<Wallet['newAddress']>[0] = 'bech32',
): Promise<Uint8Array> {
  return scriptOf(await wallet.newAddress(type, ''));
}

/** Makes and sends a payment; fails the test when it cannot be made. */
export async function send(
  wallet: Wallet,
  script: Uint8Array,
  amount: number,
  control: CoinControl = {},
  subtractFee = false,
): Promise<CreatedTransaction> {
  const created = createTransaction(wallet, [{ script, amount, subtractFee }], control, {
    random: seededRandom(),
  });
  if (created instanceof SpendFailure) throw new Error(created.error);
  await commitTransaction(wallet, created.tx);
  return created;
}
