/** An event: what happens, where, with which block. The meaning of the numbers is the simulation's. */
export interface QueuedEvent {
  /** Seconds. */
  time: number;
  kind: number;
  /** A node or a link. */
  at: number;
  block: number;
}

/** The columns of a queue, for a checkpoint. */
export interface QueueState {
  readonly times: Float64Array;
  readonly orders: Float64Array;
  readonly kinds: Uint8Array;
  readonly places: Int32Array;
  readonly blocks: Int32Array;
  readonly nextOrder: number;
}

const INITIAL_CAPACITY = 1024;

/**
 * Events in order of time, and of arrival where times are equal, so that a run is the same on every machine. A binary heap
 * in columns: hundreds of millions of events pass through without an allocation.
 */
export class EventQueue {
  private length = 0;
  private nextOrder = 0;
  private times = new Float64Array(INITIAL_CAPACITY);
  private orders = new Float64Array(INITIAL_CAPACITY);
  private kinds = new Uint8Array(INITIAL_CAPACITY);
  private places = new Int32Array(INITIAL_CAPACITY);
  private blocks = new Int32Array(INITIAL_CAPACITY);

  get size(): number {
    return this.length;
  }

  push(time: number, kind: number, at: number, block: number): void {
    if (this.length === this.times.length) this.grow();
    const order = this.nextOrder++;
    this.put(this.holeUp(this.length++, time, order), time, order, kind, at, block);
  }

  /** Takes the first event out and writes it to `event`. Returns whether there was one. */
  pop(event: QueuedEvent): boolean {
    if (this.length === 0) return false;
    event.time = this.times[0] as number;
    event.kind = this.kinds[0] as number;
    event.at = this.places[0] as number;
    event.block = this.blocks[0] as number;
    const last = --this.length;
    if (last > 0) this.move(last, this.holeDown(this.times[last] as number, this.orders[last] as number));
    return true;
  }

  save(): QueueState {
    const { length } = this;
    return {
      times: this.times.slice(0, length),
      orders: this.orders.slice(0, length),
      kinds: this.kinds.slice(0, length),
      places: this.places.slice(0, length),
      blocks: this.blocks.slice(0, length),
      nextOrder: this.nextOrder,
    };
  }

  restore(state: QueueState): void {
    this.length = state.times.length;
    while (this.times.length < this.length) this.grow();
    this.times.set(state.times);
    this.orders.set(state.orders);
    this.kinds.set(state.kinds);
    this.places.set(state.places);
    this.blocks.set(state.blocks);
    this.nextOrder = state.nextOrder;
  }

  private put(place: number, time: number, order: number, kind: number, at: number, block: number): void {
    this.times[place] = time;
    this.orders[place] = order;
    this.kinds[place] = kind;
    this.places[place] = at;
    this.blocks[place] = block;
  }

  /** Makes room for an event at the end by moving later ones down. Returns where the hole is. */
  private holeUp(from: number, time: number, order: number): number {
    const { times, orders } = this;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >>> 1;
      const parentTime = times[parent] as number;
      if (parentTime < time || (parentTime === time && (orders[parent] as number) < order)) break;
      this.move(parent, hole);
      hole = parent;
    }
    return hole;
  }

  /** Closes the hole at the root, by moving earlier events up, until the event fits into it. Returns where that is. */
  private holeDown(time: number, order: number): number {
    const { times, orders, length } = this;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= length) return hole;
      let childTime = times[child] as number;
      if (child + 1 < length) {
        const otherTime = times[child + 1] as number;
        if (
          otherTime < childTime ||
          (otherTime === childTime && (orders[child + 1] as number) < (orders[child] as number))
        ) {
          child++;
          childTime = otherTime;
        }
      }
      if (time < childTime || (time === childTime && order < (orders[child] as number))) return hole;
      this.move(child, hole);
      hole = child;
    }
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from] as number;
    this.orders[to] = this.orders[from] as number;
    this.kinds[to] = this.kinds[from] as number;
    this.places[to] = this.places[from] as number;
    this.blocks[to] = this.blocks[from] as number;
  }

  private grow(): void {
    const capacity = this.times.length * 2;
    this.times = grown(this.times, new Float64Array(capacity));
    this.orders = grown(this.orders, new Float64Array(capacity));
    this.kinds = grown(this.kinds, new Uint8Array(capacity));
    this.places = grown(this.places, new Int32Array(capacity));
    this.blocks = grown(this.blocks, new Int32Array(capacity));
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(former: T, larger: T): T {
  larger.set(former);
  return larger;
}
