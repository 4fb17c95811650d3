import type { KeyValueStore } from '../chain/store/kv.js';
import { StoreError } from '../chain/store/store-error.js';
import { bytesEqual } from '../primitives/bytes.js';
import { DecodeError } from '../primitives/codec.js';
import { assert } from '../runtime/errors.js';
import { parseDescriptor } from '../script/descriptor/parse.js';
import { OUTPUT_TYPES } from '../script/output-type.js';
import { PrivateKey } from '../script/private-key.js';
import type { WalletFlag } from './flags.js';
import { masterKey, randomSeed, standardDescriptor } from './keys/generate.js';
import type { NewWallet, WalletModules } from './modules.js';
import type { BlockLocator, TxState } from './store/records.js';
import { WalletStore } from './store/wallet-store.js';
import { Wallet } from './wallet.js';
import { WalletError } from './wallet-error.js';

function storeOf(name: string, db: KeyValueStore, { logger, options }: WalletModules): WalletStore {
  const onFailure = (message: string) =>
    logger.error(`[${name}] wallet database cannot be written: ${message}`);
  return new WalletStore(db, onFailure, options.unsafeSync);
}

/** Makes a wallet in an empty database, with keys unless told otherwise. All of it is on the disk when this resolves. */
export async function createWallet(
  name: string,
  db: KeyValueStore,
  modules: WalletModules,
  spec: NewWallet,
): Promise<Wallet> {
  const store = storeOf(name, db, modules);
  await openStore(store);
  try {
    const flags = new Set<WalletFlag>(['descriptor_wallet', 'last_hardened_xpub_cached']);
    if (spec.disablePrivateKeys === true) flags.add('disable_private_keys');
    if (spec.blank === true) flags.add('blank');
    if (spec.avoidReuse === true) flags.add('avoid_reuse');
    const wallet = new Wallet(name, store, modules, flags);
    const { hash, height } = modules.chain.tip();
    wallet.ledger.tip = { hash, height };
    store.writeVersion();
    store.writeFlags(flags);
    if (spec.disablePrivateKeys !== true && spec.blank !== true) {
      await addStandardDescriptors(wallet, spec.seed ?? randomSeed());
    }
    await store.flush(true);
    return wallet;
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

/** Descriptors of all kinds of addresses, for payments and for change, that follow from one seed. */
async function addStandardDescriptors(wallet: Wallet, seed: Uint8Array): Promise<void> {
  const { params, clock } = wallet.modules;
  const master = masterKey(seed);
  const key = PrivateKey.from(master.secret, true);
  assert(key !== undefined, 'the secret of a master key is valid');
  const creationTime = clock.now();
  for (const internal of [false, true]) {
    for (const type of OUTPUT_TYPES) {
      const parsed = parseDescriptor(standardDescriptor(master, type, internal, params), params.address);
      assert('descriptor' in parsed, 'a generated descriptor is valid');
      const times = { creationTime, rangeStart: 0, rangeEnd: 0, nextIndex: 0 };
      const added = await wallet.keychain.add(parsed.descriptor, times, [key]);
      assert(added !== undefined, 'a master key derives everything');
      wallet.keychain.activate(added, type, internal);
    }
  }
  wallet.noteTime(creationTime);
}

/**
 * Opens a wallet. It stands at the block it stood at when it was closed, or at the last one below that is still in the
 * active chain.
 *
 * @throws WalletError in Core's words when it cannot be read
 */
export async function loadWallet(name: string, db: KeyValueStore, modules: WalletModules): Promise<Wallet> {
  const store = storeOf(name, db, modules);
  await openStore(store);
  try {
    const stored = await store.load();
    if (stored === undefined) throw new DecodeError('empty database');
    const wallet = new Wallet(name, store, modules, stored.flags, stored);
    await wallet.keychain.restore(stored);
    const birth = wallet.keychain.birthTime();
    if (birth !== undefined) wallet.noteTime(birth);
    wallet.ledger.tip = forkPoint(stored.bestBlock, modules);
    const seen = stored.bestBlock?.[0];
    if (seen !== undefined && modules.chain.find(seen) === undefined) wallet.blockToComeBack = seen;
    for (const record of stored.transactions) {
      wallet.ledger.restore(record, activeState(record.state, modules));
      wallet.noteTime(record.timeSmart);
    }
    return wallet;
  } catch (thrown) {
    await store.close();
    if (!(thrown instanceof DecodeError)) throw thrown;
    throw new WalletError(
      'failed',
      `Wallet loading failed. Error loading ${store.location}: Wallet corrupted (${thrown.message})`,
    );
  }
}

async function openStore(store: WalletStore): Promise<void> {
  try {
    await store.open();
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown;
    const text =
      thrown.code === 'locked'
        ? 'Unable to obtain an exclusive lock on the database, is it being used by another instance?'
        : thrown.message;
    throw new WalletError('failed', `Wallet file verification failed. ${text}`);
  }
}

/** The last block named by the locator that is in the active chain. */
function forkPoint(locator: BlockLocator | undefined, { chain }: WalletModules): Wallet['ledger']['tip'] {
  const genesis = chain.at(0);
  assert(genesis !== undefined, 'the active chain has a genesis block');
  const oldest = locator?.at(-1);
  if (oldest !== undefined && !bytesEqual(oldest, genesis.hash)) {
    throw new WalletError(
      'failed',
      'Wallet loading failed. Wallet files should not be reused across chains. Restart bitcoind with -walletcrosschain to override.',
    );
  }
  for (const hash of locator ?? []) {
    const ref = chain.find(hash);
    if (ref !== undefined) return { hash: ref.hash, height: ref.height };
  }
  return { hash: genesis.hash, height: 0 };
}

/** A stored state as the active chain has it now. */
function activeState(state: TxState, { chain }: WalletModules): TxState {
  if (state.type !== 'confirmed' && state.type !== 'conflicted') return state;
  const ref = chain.find(state.hash);
  return ref === undefined ? { type: 'inactive', abandoned: false } : { ...state, height: ref.height };
}
