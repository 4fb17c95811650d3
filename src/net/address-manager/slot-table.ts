const EMPTY = -1;

/** The ids in the slots of one table. Takes memory when the first one is put: nodes without strangers have none. */
export class SlotTable {
  private ids: Int32Array | undefined;

  constructor(private readonly size: number) {}

  at(slot: number): number | undefined {
    const id = this.ids?.[slot] ?? EMPTY;
    return id === EMPTY ? undefined : id;
  }

  put(slot: number, id: number): void {
    this.ids ??= new Int32Array(this.size).fill(EMPTY);
    this.ids[slot] = id;
  }

  clear(slot: number): void {
    if (this.ids !== undefined) this.ids[slot] = EMPTY;
  }

  /** Slots in use, with their ids. */
  *used(): Generator<readonly [slot: number, id: number]> {
    for (const [slot, id] of (this.ids ?? []).entries()) if (id !== EMPTY) yield [slot, id];
  }
}
