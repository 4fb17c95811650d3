import type { AttackEvent } from '../../attacks/attack-event.js';

/** Events of one attack that are kept: a race of a few thousand blocks. */
const MAX_ATTACK_EVENTS = 5000;

/** What the attacks of this lab have told; of the last one. */
export class AttackLog {
  attack = 0;
  private events: AttackEvent[] = [];

  take(attack: number, event: AttackEvent): void {
    if (attack !== this.attack) {
      this.attack = attack;
      this.events = [];
    }
    if (this.events.length < MAX_ATTACK_EVENTS) this.events.push(event);
  }

  get last(): readonly AttackEvent[] {
    return this.events;
  }

  clone(): AttackLog {
    const copy = new AttackLog();
    copy.attack = this.attack;
    copy.events = [...this.events];
    return copy;
  }
}
