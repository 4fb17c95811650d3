import type { Expansion } from '../../script/descriptor/descriptor.js';

/** What a descriptor gave by index. At the limit it begins anew: each expansion is a few hundred bytes. */
export class ExpansionCache {
  private readonly byIndex = new Map<number, Expansion>();

  constructor(private readonly limit: number) {}

  get(index: number): Expansion | undefined {
    return this.byIndex.get(index);
  }

  set(index: number, expansion: Expansion): void {
    if (this.byIndex.size >= this.limit) this.byIndex.clear();
    this.byIndex.set(index, expansion);
  }
}
