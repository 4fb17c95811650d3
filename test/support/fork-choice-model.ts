/** A block as fork choice sees it; its place in the array is its number. */
export interface ModelBlock {
  /** Number of the predecessor; -1 for the root, which is always there. */
  readonly parent: number;
  /** Work of the chain up to it, the root's being 0. */
  readonly work: bigint;
  /** It breaks a rule that is found when it is connected. */
  readonly broken: boolean;
}

/** Fork choice by its definition: the valid block with most work, and of those the one preferred. */
export class ForkChoiceModel {
  private readonly received: number[] = [];
  private readonly linked = new Set<number>();
  private readonly ruledOut = new Set<number>();
  private readonly sequences = new Map<number, number>();
  private nextSequence = 10;
  private preciousSequence = -1;
  private preciousWork = 0n;
  /** What the chain under test has chosen; it must be one of {@link bestTips}. */
  tip = -1;

  constructor(private readonly blocks: readonly ModelBlock[]) {}

  /** Whole blocks that arrived. */
  has(index: number): boolean {
    return this.received.includes(index);
  }

  receive(index: number): void {
    if (this.has(index)) return;
    this.received.push(index);
    const queue = this.isLinked(this.at(index).parent) ? [index] : [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.sequences.set(next, this.nextSequence++);
      this.linked.add(next);
      queue.push(...this.received.filter(other => this.at(other).parent === next && !this.linked.has(other)));
    }
  }

  invalidate(index: number): void {
    this.ruledOut.add(index);
  }

  reconsider(index: number): void {
    for (const other of this.ruledOut) {
      const isKin = this.branch(index).includes(other) || this.branch(other).includes(index);
      if (isKin) this.ruledOut.delete(other);
    }
  }

  prefer(index: number): void {
    const tipWork = this.workOf(this.tip);
    if (this.workOf(index) < tipWork) return;
    if (tipWork > this.preciousWork) this.preciousSequence = -1;
    this.preciousWork = tipWork;
    this.sequences.set(index, this.preciousSequence--);
  }

  /** What was loaded from disk is equal, but for the active chain. */
  restart(): void {
    const active = this.branch(this.tip);
    for (const index of this.linked) this.sequences.set(index, active.includes(index) ? 0 : 1);
    this.nextSequence = 10;
    this.preciousSequence = -1;
    this.preciousWork = 0n;
  }

  /** The blocks that may be the tip, -1 for the root. More than one only if a restart made them equal. */
  bestTips(): number[] {
    const valid = [...this.linked].filter(index => this.isGood(index));
    const most = valid.reduce((work, index) => (this.workOf(index) > work ? this.workOf(index) : work), 0n);
    const best = valid.filter(index => this.workOf(index) === most);
    if (best.length === 0) return [-1];
    const first = Math.min(...best.map(index => this.sequences.get(index) ?? 0));
    return best.filter(index => this.sequences.get(index) === first);
  }

  /** True when a block may be refused: it, or something below it, is broken or ruled out. */
  mayRefuse(index: number): boolean {
    return !this.isGood(index);
  }

  workOf(index: number): bigint {
    return index === -1 ? 0n : this.at(index).work;
  }

  private isLinked(index: number): boolean {
    return index === -1 || this.linked.has(index);
  }

  private isGood(index: number): boolean {
    return this.branch(index).every(at => !this.at(at).broken && !this.ruledOut.has(at));
  }

  private branch(index: number): number[] {
    const branch: number[] = [];
    for (let at = index; at >= 0; at = this.at(at).parent) branch.unshift(at);
    return branch;
  }

  private at(index: number): ModelBlock {
    const block = this.blocks[index];
    if (block === undefined) throw new Error(`no block ${index}`);
    return block;
  }
}
