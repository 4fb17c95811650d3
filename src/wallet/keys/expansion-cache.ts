import type { Expansion } from '../../script/descriptor/descriptor.js';

/** What a descriptor gave by index, at about two kilobytes each. The first that came goes first. */
export class ExpansionCache {
  private readonly byIndex = new Map<number, Expansion>();

  constructor(private readonly limit: number) {}

  get(index: number): Expansion | undefined {
    return this.byIndex.get(index);
  }

  set(index: number, { scripts, provider }: Expansion): void {
    const [oldest] = this.byIndex.keys();
    if (this.byIndex.size >= this.limit && oldest !== undefined) this.byIndex.delete(oldest);
    // Over memory of their own: as views each might keep a buffer of several kilobytes.
    const own = scripts.map(script => new Uint8Array(script));
    this.byIndex.set(index, { scripts: own, provider });
  }
}
