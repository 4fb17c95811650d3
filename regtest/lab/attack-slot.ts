import type { AttackKind } from '../attack-kinds.js';
import { LabError } from '../control/lab-error.js';
import { CommandStopped } from './errors.js';

export interface RunningAttack {
  /** Counts the attacks of the lab from 1. */
  readonly attack: number;
  readonly kind: AttackKind;
}

/** The one attack that a lab has room for. */
export class AttackSlot {
  private count = 0;
  private taken: { readonly attack: RunningAttack; readonly controller: AbortController } | undefined;

  get running(): RunningAttack | undefined {
    return this.taken?.attack;
  }

  /** @throws LabError when an attack goes on */
  refuseWhileRunning(what: string): void {
    if (this.taken === undefined) return;
    const { attack, kind } = this.taken.attack;
    throw new LabError('conflict', `${what} has to wait until attack ${attack} (${kind}) is over or stopped`);
  }

  /** Runs an attack, until its end or {@link stop}. @throws LabError when another goes on */
  async run<T>(kind: AttackKind, action: (attack: number, signal: AbortSignal) => Promise<T>): Promise<T> {
    this.refuseWhileRunning('another attack');
    const controller = new AbortController();
    const attack = { attack: ++this.count, kind };
    this.taken = { attack, controller };
    try {
      return await action(attack.attack, controller.signal);
    } finally {
      this.taken = undefined;
    }
  }

  /** Ends the attack between two blocks. @returns whether there is one */
  stop(): boolean {
    this.taken?.controller.abort(new CommandStopped('the attack was stopped'));
    return this.taken !== undefined;
  }
}
