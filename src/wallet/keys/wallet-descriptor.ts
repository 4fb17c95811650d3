import { sha256 } from '../../crypto/hash.js';
import { asBuffer, type Hash256 } from '../../primitives/bytes.js';
import { assert } from '../../runtime/errors.js';
import { DescriptorCache } from '../../script/descriptor/cache.js';
import type { Descriptor, Expansion } from '../../script/descriptor/descriptor.js';
import type { PrivateKey } from '../../script/private-key.js';
import { FlatProvider } from '../../script/signing-provider.js';
import type { DescriptorRecord } from '../store/records.js';
import type { WalletStore } from '../store/wallet-store.js';
import { ExpansionCache } from './expansion-cache.js';
import type { KeyVault } from './vault.js';

/** An output script as a map key. */
export type ScriptKey = string & { readonly __brand: 'ScriptKey' };

export function scriptKey(script: Uint8Array): ScriptKey {
  return asBuffer(script).toString('latin1') as ScriptKey;
}

/** Id of a descriptor, as Core reckons it: SHA-256 of its public text. */
export function descriptorId(descriptor: Descriptor): Hash256 {
  return sha256(Buffer.from(descriptor.toString(true), 'utf8'));
}

/** Told of every script that becomes known. */
export type OnScript = (script: Uint8Array, index: number) => void;

/** Expansions kept for signing and address lookup: a megabyte for each descriptor. */
const MAX_KEPT_EXPANSIONS = 500;

/**
 * A descriptor of a wallet: the range of scripts that are known, which of them were given out, and the private keys.
 *
 * Invariant: every script from `rangeStart` up to `rangeEnd` was told to `onScript`, and can be expanded from the cache.
 */
export class WalletDescriptor {
  /** @param expansions may be shared with other wallets that have the descriptor */
  constructor(
    readonly descriptor: Descriptor,
    private state: DescriptorRecord,
    private readonly cache: DescriptorCache,
    readonly vault: KeyVault,
    private readonly store: WalletStore,
    private readonly expansions = new ExpansionCache(MAX_KEPT_EXPANSIONS),
  ) {}

  /** Index after the last one whose scripts have been told. */
  private knownEnd = 0;

  get record(): DescriptorRecord {
    return this.state;
  }

  get id(): Hash256 {
    return this.state.id;
  }

  get isRange(): boolean {
    return this.descriptor.isRange;
  }

  get hasPrivateKeys(): boolean {
    return !this.vault.isEmpty;
  }

  /** Scripts that were not given out yet. */
  get keypoolSize(): number {
    return this.state.rangeEnd - this.state.nextIndex;
  }

  /** Core's rule of who may give out addresses. */
  get canGiveAddresses(): boolean {
    const { descriptor } = this;
    const hasMore = this.hasPrivateKeys || this.state.nextIndex < this.state.rangeEnd;
    return descriptor.isSingleType && descriptor.isRange && hasMore;
  }

  /** Derives what the stored range has, at most `limit` scripts per call. True when all of it is known. */
  restore(onScript: OnScript, limit: number): boolean {
    this.knownEnd = Math.max(this.knownEnd, this.state.rangeStart);
    const end = Math.min(this.state.rangeEnd, this.knownEnd + limit);
    while (this.knownEnd < end) {
      const expansion = this.expansion(this.knownEnd) ?? this.derive(this.knownEnd);
      assert(expansion !== undefined, 'a stored range can be expanded from its cache');
      this.tell(expansion, onScript);
    }
    return this.knownEnd >= this.state.rangeEnd;
  }

  /**
   * Extends the range to `size` scripts beyond the last one given out.
   *
   * @param limit scripts to derive in this call, at most
   * @returns true when the range is that long, false when there is more to do or keys are missing
   */
  topUp(size: number, onScript: OnScript, limit = Number.POSITIVE_INFINITY): boolean {
    const { isRange } = this;
    const wanted = isRange ? Math.max(this.state.nextIndex + size, this.state.rangeEnd) : 1;
    if (!isRange) this.state = { ...this.state, rangeStart: 0 };
    this.knownEnd = Math.max(this.knownEnd, this.state.rangeStart);
    const before = this.state.rangeEnd;
    const end = Math.min(wanted, this.knownEnd + limit);
    while (this.knownEnd < end) if (!this.reveal(this.knownEnd, onScript)) break;
    this.state = { ...this.state, rangeEnd: Math.max(before, this.knownEnd) };
    if (this.state.rangeEnd !== before) this.save();
    return this.knownEnd >= wanted;
  }

  /** Makes the scripts of the index after the last known. False when private keys are missing for that. */
  private reveal(index: number, onScript: OnScript): boolean {
    const expansion = this.derive(index);
    if (expansion === undefined) return false;
    this.tell(expansion, onScript);
    return true;
  }

  private tell({ scripts }: Expansion, onScript: OnScript): void {
    for (const script of scripts) onScript(script, this.knownEnd);
    this.knownEnd++;
  }

  private derive(index: number): Expansion | undefined {
    const cached = this.descriptor.expandFromCache(index, this.cache);
    if (cached !== undefined) return cached;
    const learned = new DescriptorCache();
    const keys = this.vault.open() ?? new FlatProvider();
    const expansion = this.descriptor.expand(index, keys, learned);
    if (expansion !== undefined) this.store.writeDerivedKeys(this.id, this.cache.mergeAndDiff(learned));
    return expansion;
  }

  private expansion(index: number): Expansion | undefined {
    const kept = this.expansions.get(index);
    if (kept !== undefined) return kept;
    const expansion = this.descriptor.expandFromCache(index, this.cache);
    if (expansion === undefined) return undefined;
    this.expansions.set(index, expansion);
    return expansion;
  }

  /** Output scripts of a known index. */
  scriptsAt(index: number): readonly Uint8Array[] {
    return this.expansion(index)?.scripts ?? [];
  }

  /** What solves the scripts at `index`, with the private keys if wanted and there. */
  provider(index: number, withPrivateKeys: boolean): FlatProvider {
    const provider = new FlatProvider();
    const expansion = this.expansion(index);
    if (expansion !== undefined) provider.merge(expansion.provider);
    const keys = withPrivateKeys ? this.vault.open() : undefined;
    if (keys !== undefined && !this.vault.isEmpty) this.descriptor.expandPrivate(index, keys, provider);
    return provider;
  }

  /** Takes the next script; undefined when there is none and no more can be derived. */
  takeNext(keypool: number, onScript: OnScript): Uint8Array | undefined {
    this.topUp(keypool, onScript);
    if (this.state.nextIndex >= this.knownEnd && !this.topUp(1, onScript)) return undefined;
    const script = this.expansion(this.state.nextIndex)?.scripts[0];
    if (script === undefined) return undefined;
    this.setNext(this.state.nextIndex + 1);
    return script;
  }

  /** Gives the script back that was taken last. */
  returnLast(): void {
    this.setNext(this.state.nextIndex - 1);
  }

  /**
   * Notes that the script at `index` was seen: it and all before it count as given out, and more are derived.
   *
   * @returns scripts that count as given out only now
   */
  markUsed(index: number, keypool: number, onScript: OnScript): Uint8Array[] {
    const used: Uint8Array[] = [];
    for (let at = this.state.nextIndex; at <= index; at++) {
      const script = this.expansion(at)?.scripts[0];
      if (script !== undefined) used.push(script);
    }
    if (index >= this.state.nextIndex) this.setNext(index + 1);
    this.topUp(keypool, onScript);
    return used;
  }

  private setNext(nextIndex: number): void {
    this.state = { ...this.state, nextIndex };
    this.save();
  }

  addPrivateKey(key: PrivateKey): void {
    if (this.vault.has(key.id)) return;
    this.vault.add(key);
    this.store.writePrivateKey(this.id, key.id, key);
  }

  /** Core's text when an import may not replace what is here: its range has to include this one. */
  updateProblem(record: DescriptorRecord): string | undefined {
    const { rangeStart, rangeEnd } = this.state;
    if (record.rangeStart <= rangeStart && record.rangeEnd >= rangeEnd) return undefined;
    return `new range must include current range = [${rangeStart},${rangeEnd - 1}]`;
  }

  /** Replaces times and range by those of an import. The scripts are told anew by the next {@link topUp}. */
  update(record: DescriptorRecord): void {
    this.state = { ...record, id: this.id };
    this.knownEnd = record.rangeStart;
    this.save();
  }

  save(): void {
    this.store.writeDescriptor(this.state);
  }

  /** Text with or without private keys, as `listdescriptors` shows it; undefined when keys are missing. */
  text(withPrivateKeys: boolean): string | undefined {
    const keys = this.vault.open() ?? new FlatProvider();
    return withPrivateKeys
      ? this.descriptor.toPrivateString(keys)
      : this.descriptor.toNormalizedString(keys, this.cache);
  }
}
