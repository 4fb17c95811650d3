import type { TxOutput } from '../primitives/transaction.js';
import type { WalletTx } from './ledger/wallet-tx.js';
import type { Wallet } from './wallet.js';

/** `generate`, `immature` and `orphan` are coinbases that are old enough, young, and out of the chain. */
export type HistoryCategory = 'send' | 'receive' | 'generate' | 'immature' | 'orphan';

/** One output of a transaction, as lists of transactions show it. A payment to oneself is sent and received. */
export interface HistoryEntry {
  readonly category: HistoryCategory;
  readonly vout: number;
  readonly output: TxOutput;
  /** Satoshis, less than 0 when sent. */
  readonly amount: number;
  /** Satoshis, 0 or less; of what was sent only. */
  readonly fee: number | undefined;
  readonly address: string | undefined;
  /** Label of the address, if it is in the address book. */
  readonly label: string | undefined;
}

export interface HistoryFilter {
  /** Confirmations that received outputs must have. */
  readonly minDepth?: number;
  /** Received outputs of this label, and nothing that was sent. */
  readonly label?: string;
  readonly includeChange?: boolean;
}

/** What a transaction sent, and then what it received. */
export function historyOf(wallet: Wallet, wtx: WalletTx, filter: HistoryFilter = {}): HistoryEntry[] {
  const { ledger, keychain } = wallet;
  const debit = ledger.debit(wtx.tx);
  const outputs = [...wtx.tx.outputs.entries()].filter(([, { script }]) =>
    debit > 0 ? filter.includeChange === true || !wallet.isChange(script) : keychain.isMine(script),
  );
  const entries: HistoryEntry[] = [];
  if (debit > 0 && filter.label === undefined) {
    const fee = outputSum(wtx) - debit;
    for (const [vout, output] of outputs) entries.push(entry(wallet, 'send', vout, output, fee));
  }
  if (ledger.depth(wtx) < (filter.minDepth ?? 0)) return entries;
  const category = receivedCategory(wallet, wtx);
  for (const [vout, output] of outputs) {
    if (!keychain.isMine(output.script)) continue;
    const received = entry(wallet, category, vout, output, undefined);
    if (filter.label === undefined || (received.label ?? '') === filter.label) entries.push(received);
  }
  return entries;
}

function entry(
  wallet: Wallet,
  category: HistoryCategory,
  vout: number,
  output: TxOutput,
  fee: number | undefined,
): HistoryEntry {
  const address = wallet.addressOf(output.script);
  const label = address === undefined ? undefined : wallet.addressBook.find(address)?.label;
  const amount = category === 'send' ? -output.value : output.value;
  return { category, vout, output, amount, fee, address, label };
}

function receivedCategory({ ledger }: Wallet, wtx: WalletTx): HistoryCategory {
  if (!wtx.tx.isCoinbase) return 'receive';
  if (ledger.depth(wtx) < 1) return 'orphan';
  return ledger.isImmature(wtx) ? 'immature' : 'generate';
}

export function outputSum({ tx }: WalletTx): number {
  return tx.outputs.reduce((sum, { value }) => sum + value, 0);
}
