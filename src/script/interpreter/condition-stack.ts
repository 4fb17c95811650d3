/**
 * The nested IFs that a script is in. Only two things about them can be seen from outside: how many there are, and
 * whether all of them run; so the depth and the level of the first that does not run are all that is kept.
 */
export class ConditionStack {
  private depth = 0;
  /** Level of the outermost branch that does not run; -1 when all run. */
  private firstFalse = -1;

  get isEmpty(): boolean {
    return this.depth === 0;
  }

  get allTrue(): boolean {
    return this.firstFalse < 0;
  }

  push(runs: boolean): void {
    if (!runs && this.firstFalse < 0) this.firstFalse = this.depth;
    this.depth++;
  }

  pop(): void {
    this.depth--;
    if (this.firstFalse === this.depth) this.firstFalse = -1;
  }

  /** OP_ELSE. Flipping a level inside one that does not run changes nothing that can be seen. */
  toggleTop(): void {
    const top = this.depth - 1;
    if (this.firstFalse < 0) this.firstFalse = top;
    else if (this.firstFalse === top) this.firstFalse = -1;
  }
}
