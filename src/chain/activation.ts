import type { Step } from './fork-choice/activate-best-chain.js';

export interface ActivationModules {
  /** Notes that work is under way which those wait for who want the chain to be settled. */
  readonly request: (work: () => Promise<void>) => Promise<void>;
  /** 'at rest' as well when the chain may not go on. */
  readonly takeStep: () => Promise<Step>;
  /** Called when the chain has moved: gives the event loop a turn from time to time. */
  readonly giveTurn: () => Promise<void>;
  /** Called when the chain has come to rest. */
  readonly cameToRest: () => void;
}

/** Takes steps towards the best block until the chain is at rest: once for all who ask for it meanwhile. */
export class Activation {
  private running: Promise<void> | undefined;
  private isWanted = false;
  /** Look again after each step, and when the chain is at rest. */
  private waiters: (() => void)[] = [];

  constructor(private readonly modules: ActivationModules) {}

  /** Resolves when the chain is at rest. @throws what a step throws */
  run(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.modules.request(() => this.takeSteps());
    return this.running;
  }

  /**
   * The same for who does not wait for it, so that nothing of theirs is held until then. A failure is known to the chain.
   */
  start(): void {
    this.isWanted = true;
    if (this.running === undefined) this.run().catch(() => {});
  }

  /** Resolves when `condition`, which steps make true, holds, or the chain is at rest. */
  async until(condition: () => boolean): Promise<void> {
    while (this.running !== undefined && !condition()) {
      await new Promise<void>(resolve => this.waiters.push(resolve));
    }
  }

  private async takeSteps(): Promise<void> {
    const { takeStep, giveTurn, cameToRest } = this.modules;
    try {
      while (this.isWanted) {
        this.isWanted = false;
        for (let step = await takeStep(); step !== 'at rest'; step = await takeStep()) {
          if (step !== 'moved') await step.checked;
          else {
            this.wakeWaiters();
            await giveTurn();
          }
        }
      }
      cameToRest();
    } finally {
      this.running = undefined;
      this.wakeWaiters();
    }
  }

  private wakeWaiters(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const wake of waiters) wake();
  }
}
