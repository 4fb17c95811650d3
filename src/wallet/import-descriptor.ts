import type { ParsedDescriptor } from '../script/descriptor/parse.js';
import { FlatProvider } from '../script/signing-provider.js';
import { descriptorId, type WalletDescriptor } from './keys/wallet-descriptor.js';
import type { Wallet } from './wallet.js';
import { WalletError } from './wallet-error.js';

export interface ImportRequest {
  readonly parsed: ParsedDescriptor;
  /** As the user wrote it, for messages. */
  readonly text: string;
  /** Give out addresses of it. */
  readonly active: boolean;
  /** They are for change. */
  readonly internal: boolean;
  /** Indices to know, the last one included; undefined when not given. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
  readonly nextIndex: number | undefined;
  readonly label: string | undefined;
  /** No transaction is older, Unix seconds. */
  readonly timestamp: number;
}

/**
 * Adds a descriptor, or widens one that is there. The chain is not searched for its transactions.
 *
 * @returns warnings
 * @throws WalletError in Core's words
 */
export async function importDescriptor(wallet: Wallet, request: ImportRequest): Promise<string[]> {
  const { parsed, text, active, internal, timestamp } = request;
  const { descriptor, privateKeys } = parsed;
  const warnings: string[] = [];
  const times = rangeOf(wallet, request, warnings);
  checkUse(request);
  if (wallet.has('disable_private_keys') && parsed.hasPrivateKeys) {
    throw new WalletError('failed', 'Cannot import private keys to a wallet with private keys disabled');
  }
  checkKeys(wallet, parsed, warnings);
  const record = { creationTime: timestamp, ...times };
  const known = wallet.keychain.find(descriptorId(descriptor));
  const problem = known?.updateProblem({ ...known.record, ...record });
  if (problem !== undefined) throw new WalletError('invalid-parameter', problem);
  const added = await wallet.keychain.add(descriptor, record, privateKeys.privateKeys.values());
  if (added === undefined) throw new WalletError('failed', `Could not add descriptor '${text}'`);
  wallet.noteTime(timestamp);
  if (!descriptor.isRange && !internal) labelAddresses(wallet, added, request.label ?? '');
  const type = descriptor.outputType;
  if (type === undefined) {
    if (active) warnings.push('Unknown output type, cannot set descriptor to active.');
  } else if (active) wallet.keychain.activate(added, type, internal);
  else wallet.keychain.deactivate(added, type, internal);
  return warnings;
}

function rangeOf(
  wallet: Wallet,
  { parsed, range, nextIndex }: ImportRequest,
  warnings: string[],
): { rangeStart: number; rangeEnd: number; nextIndex: number } {
  if (!parsed.descriptor.isRange) {
    if (range === undefined) return { rangeStart: 0, rangeEnd: 1, nextIndex: 0 };
    throw new WalletError('invalid-parameter', 'Range should not be specified for an un-ranged descriptor');
  }
  if (range === undefined) warnings.push('Range not given, using default keypool range');
  const rangeStart = range?.first ?? 0;
  const rangeEnd = range === undefined ? wallet.keychain.keypool : range.last + 1;
  const next = nextIndex ?? rangeStart;
  if (next < rangeStart || next >= rangeEnd) {
    throw new WalletError('invalid-parameter', 'next_index is out of range');
  }
  return { rangeStart, rangeEnd, nextIndex: next };
}

function checkUse({ parsed: { descriptor }, active, internal, range, label }: ImportRequest): void {
  if (active && !descriptor.isRange) {
    throw new WalletError('invalid-parameter', 'Active descriptors must be ranged');
  }
  if (range !== undefined && label !== undefined) {
    throw new WalletError('invalid-parameter', 'Ranged descriptors should not have a label');
  }
  if (internal && label !== undefined) {
    throw new WalletError('invalid-parameter', 'Internal addresses should not have a label');
  }
  if (active && !descriptor.isSingleType) {
    throw new WalletError('failed', 'Combo descriptors cannot be set to active');
  }
}

function checkKeys(wallet: Wallet, parsed: ParsedDescriptor, warnings: string[]): void {
  const { descriptor, privateKeys } = parsed;
  const expansion = descriptor.expand(0, privateKeys);
  if (expansion === undefined) {
    throw new WalletError(
      'failed',
      'Cannot expand descriptor. Probably because of hardened derivations without private keys provided',
    );
  }
  if (wallet.has('disable_private_keys')) return;
  if (!parsed.hasPrivateKeys) {
    throw new WalletError(
      'failed',
      'Cannot import descriptor without private keys to a wallet with private keys enabled',
    );
  }
  const provider = new FlatProvider().merge(expansion.provider);
  descriptor.expandPrivate(0, privateKeys, provider);
  const hasAll = [...provider.origins.keys()].every(id => provider.privateKeys.has(id));
  if (!hasAll || provider.privateKeys.size === 0) {
    warnings.push('Not all private keys provided. Some wallet functionality may return unexpected errors');
  }
}

function labelAddresses(wallet: Wallet, added: WalletDescriptor, label: string): void {
  for (const script of added.scriptsAt(0)) {
    const address = wallet.addressOf(script);
    if (address !== undefined) wallet.addressBook.setLabel(address, label, 'receive');
  }
}
