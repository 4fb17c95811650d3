import { formatRejection } from '../consensus/rejection.js';
import type { Hash256 } from '../primitives/bytes.js';
import { errorMessage } from '../runtime/errors.js';
import type { Miner, MinerModules } from './miner.js';

/** How often a capped miner gets its share of hashes. */
const SHARE_PERIOD_MS = 50;

/** How long to wait after a block of ours was refused. */
const REFUSED_PAUSE_MS = 1000;

/** Hashes of one search without a cap: long enough to be cheap, short enough to see changes of the mempool. */
const UNCAPPED_TRIES = 4_000_000;

/** A template older than this is made anew, to take in transactions that came since. */
const TEMPLATE_AGE_MS = 5_000;

export interface ContinuousOptions {
  /** Output script of the rewards. */
  readonly payTo: Uint8Array;
  /** Hashes per second at most; undefined for as many as the threads can do. */
  readonly hashRate: number | undefined;
}

export interface ContinuousStatus {
  readonly running: boolean;
  readonly hashRate: number | undefined;
  /** Hashes done and blocks found since the start. */
  readonly hashes: number;
  readonly blocks: number;
}

/**
 * Mines on and on, for a network that is to live by itself. The hash rate can be capped, so that several nodes can share
 * one machine in given proportions. A new tip ends the search at once and a new one begins on it.
 */
export class ContinuousMiner {
  private options: ContinuousOptions | undefined;
  private loop: Promise<void> | undefined;
  private halt = new AbortController();
  private stale = new AbortController();
  private hashes = 0;
  private blocks = 0;
  lastBlock: Hash256 | undefined;

  constructor(
    private readonly miner: Miner,
    private readonly modules: MinerModules,
  ) {}

  get status(): ContinuousStatus {
    return {
      running: this.loop !== undefined,
      hashRate: this.options?.hashRate,
      hashes: this.hashes,
      blocks: this.blocks,
    };
  }

  /** Starts, or goes on with other options. */
  async start(options: ContinuousOptions): Promise<void> {
    await this.stop();
    this.options = options;
    this.halt = new AbortController();
    this.modules.chain.events.on('tip', this.onTip);
    this.loop = this.run(options)
      .catch(thrown => {
        this.modules.logger.error(`Continuous mining stopped: ${errorMessage(thrown)}`);
      })
      .finally(() => {
        this.modules.chain.events.off('tip', this.onTip);
        this.loop = undefined;
      });
  }

  async stop(): Promise<void> {
    this.halt.abort();
    this.stale.abort();
    await this.loop;
  }

  private readonly onTip = (): void => {
    this.stale.abort();
  };

  private async run(options: ContinuousOptions): Promise<void> {
    const { clock } = this.modules;
    let allowance = 0;
    let lastShare = clock.steadyMs();
    while (!this.halt.signal.aborted) {
      this.stale = new AbortController();
      const template = await this.miner.template(options.payTo);
      const madeAt = clock.steadyMs();
      let tried = 0;
      while (!this.stale.signal.aborted && clock.steadyMs() - madeAt < TEMPLATE_AGE_MS) {
        if (options.hashRate !== undefined) {
          await this.pause(SHARE_PERIOD_MS);
          const now = clock.steadyMs();
          allowance = Math.min(
            allowance + ((now - lastShare) * options.hashRate) / 1000,
            Math.max(options.hashRate, 1),
          );
          lastShare = now;
        }
        const tries = options.hashRate === undefined ? UNCAPPED_TRIES : Math.floor(allowance);
        if (tries < 1) continue;
        const { block, tries: done } = await this.miner.solve(template, tries, this.stale.signal, tried);
        tried += done;
        allowance -= done;
        this.hashes += done;
        if (block === undefined) continue;
        const { rejection } = await this.miner.submit(block);
        if (rejection === undefined) {
          this.blocks++;
          this.lastBlock = block.hash;
        } else {
          this.modules.logger.warn(`Mined block was refused: ${formatRejection(rejection)}`);
          // The next one may fare no better; it must not take all of the machine.
          await this.pause(REFUSED_PAUSE_MS);
        }
        break;
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = this.modules.clock.every(ms, done);
      const signal = this.stale.signal;
      function done() {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
  }
}
