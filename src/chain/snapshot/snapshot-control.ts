import type { HeaderId } from '../../consensus/chain-view.js';
import { defined } from '../../runtime/errors.js';
import type { SharedState } from '../chain-state.js';
import type { CoinsStore } from '../coins/coins-db.js';
import { failChain } from '../fatal.js';
import { flushState } from '../flush-state.js';
import { activateStep, type Step } from '../fork-choice/activate-best-chain.js';
import type { ChainStores } from '../options.js';
import { rebalanceCaches } from '../rebalance-caches.js';
import type { KeyValueStore } from '../store/kv.js';
import {
  activateSnapshot,
  type ExpectedSnapshot,
  expectSnapshot,
  restrictStates,
  SnapshotRefused,
} from './activate-snapshot.js';
import { compareCoins, isAtBase, rejectSnapshot } from './complete-validation.js';
import { loadSnapshotCoins } from './load-coins.js';
import { BadSnapshot, type SnapshotReader } from './snapshot-reader.js';

export interface SnapshotControlModules {
  readonly stores: ChainStores;
  readonly makeCoinsStore: (coins: KeyValueStore) => CoinsStore;
  /** Runs a change in the chain's queue. What it throws means that the chain cannot be trusted any more. */
  readonly change: <T>(job: () => Promise<T> | T) => Promise<T>;
  /** False when no more blocks are to be connected. */
  readonly mayGoOn: () => boolean;
  /** Called between two steps: gives the event loop a turn from time to time. */
  readonly giveTurn: () => Promise<void>;
}

/**
 * Orders the steps of a snapshot's life: its coins are loaded beside the running chain, the node follows the chain from its
 * base on, what lies below is validated in the background, and in the end the coins are compared.
 */
export class SnapshotControl {
  private isLoading = false;
  private isValidating = false;
  private isWanted = false;

  constructor(
    private readonly shared: SharedState,
    private readonly modules: SnapshotControlModules,
  ) {}

  /** @throws SnapshotRefused in Core's words; nothing has changed then */
  async load(reader: SnapshotReader, isMempoolEmpty: () => boolean): Promise<HeaderId> {
    const { shared } = this;
    if (this.isLoading) {
      throw new SnapshotRefused("Can't activate a snapshot-based chainstate more than once");
    }
    const expected = expectSnapshot(shared, reader.metadata.baseHash, isMempoolEmpty);
    this.isLoading = true;
    try {
      await this.take(reader, expected, isMempoolEmpty);
    } catch (thrown) {
      // What a failing chain has is for the next start to sort out.
      if (shared.failure === undefined) await this.modules.stores.snapshot.discard();
      throw thrown instanceof BadSnapshot
        ? new SnapshotRefused(`Population failed: ${thrown.message}`)
        : thrown;
    } finally {
      this.isLoading = false;
    }
    return expected.base;
  }

  /**
   * Connects, in the background, the blocks below the snapshot that are there, and compares the coins when it has come to the
   * base. Resolves when there is nothing left to do for now. One at a time: a call while another is under way makes that
   * one look again.
   *
   * @returns whether the snapshot was validated, so that the chain may be taken back below its base
   * @throws ChainFailure when it turns out that the snapshot cannot be right
   */
  async validate(): Promise<boolean> {
    const { change, mayGoOn, giveTurn } = this.modules;
    this.isWanted = true;
    if (this.isValidating) return false;
    this.isValidating = true;
    try {
      while (this.isWanted) {
        this.isWanted = false;
        while (mayGoOn()) {
          const step = await change(() => this.step());
          if (step === 'at rest') break;
          if (step !== 'moved') await step.checked;
          await giveTurn();
        }
        if (mayGoOn() && isAtBase(this.shared) && (await this.compare())) return true;
      }
      return false;
    } finally {
      this.isValidating = false;
    }
  }

  private async step(): Promise<Step> {
    const { shared } = this;
    const { background, current, tree } = shared;
    if (background === undefined) return 'at rest';
    const step = await activateStep(background);
    // A block that leads up to the snapshot broke a rule: its coins come from a chain that is not valid.
    if (tree.isInvalid(current.base)) await this.reject();
    return step;
  }

  private async take(
    reader: SnapshotReader,
    expected: ExpectedSnapshot,
    isMempoolEmpty: () => boolean,
  ): Promise<void> {
    const { shared, modules } = this;
    const storage = modules.stores.snapshot;
    await storage.begin();
    const coins = modules.makeCoinsStore(storage.coins);
    await loadSnapshotCoins(shared, reader, expected.facts, coins);
    const refused = await modules.change(() =>
      activateSnapshot(shared, expected, coins, storage, isMempoolEmpty),
    );
    if (refused !== undefined) throw refused;
  }

  /** @returns whether the coins are the same; false when it was interrupted */
  private async compare(): Promise<boolean> {
    const { shared, modules } = this;
    const background = defined(shared.background, 'background chain state');
    await modules.change(() => flushState(background, 'always'));
    // The queue goes on meanwhile: at the base of the snapshot this chain stands still.
    const comparison = await compareCoins(shared);
    if (comparison === 'interrupted') return false;
    await modules.change(async () => {
      if (comparison === 'different') await this.reject();
      shared.states.shift();
      background.candidates.close();
      restrictStates(shared);
      await rebalanceCaches(shared);
      await modules.stores.coins.close();
    });
    shared.events.emit('snapshotValidated');
    return true;
  }

  private async reject(): Promise<never> {
    throw failChain(this.shared, await rejectSnapshot(this.shared, this.modules.stores.snapshot));
  }
}
