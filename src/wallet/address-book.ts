import type { AddressEntry, AddressPurpose } from './store/records.js';
import type { WalletStore } from './store/wallet-store.js';

const NO_ENTRY: AddressEntry = { label: undefined, purpose: undefined, usedBefore: false };

/** Labels and purposes by address. */
export class AddressBook {
  private readonly entries: Map<string, AddressEntry>;

  constructor(
    private readonly store: WalletStore,
    stored: ReadonlyMap<string, AddressEntry> = new Map(),
  ) {
    this.entries = new Map(stored);
  }

  /** Entry of an address that was given out or written down; change has none. */
  find(address: string): AddressEntry | undefined {
    const entry = this.entries.get(address);
    return entry?.label === undefined ? undefined : entry;
  }

  /** All labelled addresses (the empty label counts) in the order of their text. */
  list(): [address: string, entry: AddressEntry][] {
    return [...this.entries]
      .filter(([, entry]) => entry.label !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Labels in use, sorted; of one purpose if given. */
  labels(purpose?: AddressPurpose): string[] {
    const labels = new Set<string>();
    for (const { label, purpose: actual } of this.entries.values()) {
      if (label !== undefined && (purpose === undefined || actual === purpose)) labels.add(label);
    }
    return [...labels].sort();
  }

  /** @param purpose unchanged when not given */
  setLabel(address: string, label: string, purpose?: AddressPurpose): void {
    const before = this.entries.get(address) ?? NO_ENTRY;
    this.put(address, { ...before, label, purpose: purpose ?? before.purpose });
  }

  isUsedBefore(address: string): boolean {
    return this.entries.get(address)?.usedBefore ?? false;
  }

  /** Notes that coins of the address were spent. */
  setUsedBefore(address: string): void {
    if (!this.isUsedBefore(address)) {
      this.put(address, { ...(this.entries.get(address) ?? NO_ENTRY), usedBefore: true });
    }
  }

  private put(address: string, entry: AddressEntry): void {
    this.entries.set(address, entry);
    this.store.writeAddress(address, entry);
  }
}
