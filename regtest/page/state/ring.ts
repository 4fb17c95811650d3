/** The last so many items, in the order in which they came. */
export class Ring<T> {
  private items: T[] = [];

  constructor(private readonly capacity: number) {}

  get length(): number {
    return Math.min(this.items.length, this.capacity);
  }

  push(item: T): void {
    this.items.push(item);
    // Twice the room, so that the array is cut once in `capacity` items and not with every one.
    if (this.items.length >= 2 * this.capacity) this.items = this.items.slice(-this.capacity);
  }

  /** Oldest first. */
  toArray(): readonly T[] {
    return this.items.slice(-this.capacity);
  }

  clear(): void {
    this.items = [];
  }
}
