import { type HeaderId, NO_HEADER } from '../consensus/chain-view.js';
import { assert, defined } from '../runtime/errors.js';
import type { HeaderTree } from './header-tree.js';

const INITIAL_CAPACITY = 1024;

/** The blocks from genesis to the tip by height. Empty until genesis is connected. */
export class ActiveChain {
  private ids = new Int32Array(INITIAL_CAPACITY);
  private length = 0;

  constructor(private readonly tree: HeaderTree) {}

  /** Height of the tip, -1 when empty. */
  get height(): number {
    return this.length - 1;
  }

  /** NO_HEADER when empty. */
  get tip(): HeaderId {
    return this.at(this.length - 1);
  }

  at(height: number): HeaderId {
    return height >= 0 && height < this.length ? defined(this.ids[height], 'id in the chain') : NO_HEADER;
  }

  contains(id: HeaderId): boolean {
    return this.at(this.tree.height(id)) === id;
  }

  /** Block after `id`, which is in the chain; NO_HEADER after the tip. */
  next(id: HeaderId): HeaderId {
    return this.at(this.tree.height(id) + 1);
  }

  /** Last block of this chain that `id` descends from; NO_HEADER while the chain is empty. */
  fork(id: HeaderId): HeaderId {
    return this.length === 0 ? NO_HEADER : this.tree.commonAncestor(id, this.tip);
  }

  /** `id`, which builds on the tip, becomes the tip. */
  push(id: HeaderId): void {
    assert(
      this.tree.height(id) === this.length && this.tree.prev(id) === this.tip,
      'block builds on the tip',
    );
    this.reserve(this.length + 1);
    this.ids[this.length++] = id;
  }

  /** The tip's predecessor becomes the tip. */
  pop(): void {
    assert(this.length > 1, 'genesis stays');
    this.length--;
  }

  /** Makes `tip` the tip, whatever was. */
  reset(tip: HeaderId): void {
    const height = this.tree.height(tip);
    this.reserve(height + 1);
    this.length = height + 1;
    for (let id = tip, at = height; at >= 0; id = this.tree.prev(id), at--) this.ids[at] = id;
  }

  private reserve(length: number): void {
    if (length <= this.ids.length) return;
    const grown = new Int32Array(Math.max(length, this.ids.length * 2));
    grown.set(this.ids);
    this.ids = grown;
  }
}
