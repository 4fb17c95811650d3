import { reject, type TxRejection } from '../../consensus/rejection.js';
import type { Transaction } from '../../primitives/transaction.js';
import { isDust } from '../../script/dust.js';
import { isPushOnly } from '../../script/parse.js';
import { MAX_STANDARD_TX_WEIGHT } from '../../script/relay-limits.js';
import { type ScriptType, solve } from '../../script/templates.js';
import {
  MAX_STANDARD_MULTISIG_KEYS,
  MAX_STANDARD_SCRIPTSIG_SIZE,
  MAX_STANDARD_TX_VERSION,
} from './limits.js';
import type { MempoolOptions } from './settings.js';

export type StandardnessOptions = Pick<
  MempoolOptions,
  'maxDataCarrierBytes' | 'permitBareMultisig' | 'dustRelayFeeRate'
>;

/** Form of transactions that are relayed, as far as it shows without their coins (Core's IsStandardTx). */
export function checkStandard(tx: Transaction, options: StandardnessOptions): TxRejection | undefined {
  const reason = checkForm(tx) ?? checkOutputs(tx, options);
  return reason === undefined ? undefined : reject('not-standard', reason);
}

function checkForm(tx: Transaction): string | undefined {
  if (tx.version > MAX_STANDARD_TX_VERSION || tx.version < 1) return 'version';
  if (tx.weight > MAX_STANDARD_TX_WEIGHT) return 'tx-size';
  for (const { scriptSig } of tx.inputs) {
    if (scriptSig.length > MAX_STANDARD_SCRIPTSIG_SIZE) return 'scriptsig-size';
    if (!isPushOnly(scriptSig)) return 'scriptsig-not-pushonly';
  }
  return undefined;
}

function checkOutputs(tx: Transaction, options: StandardnessOptions): string | undefined {
  let dataCarriers = 0;
  for (const output of tx.outputs) {
    const type = standardType(output.script, options.maxDataCarrierBytes);
    if (type === undefined) return 'scriptpubkey';
    if (type === 'nulldata') dataCarriers++;
    else if (type === 'multisig' && !options.permitBareMultisig) return 'bare-multisig';
    else if (isDust(output, options.dustRelayFeeRate)) return 'dust';
  }
  return dataCarriers > 1 ? 'multi-op-return' : undefined;
}

/**
 * Template of an output that is relayed, undefined for one that is not.
 *
 * @param maxDataCarrierBytes bytes of script that a data carrier may have; undefined allows none at all
 */
export function standardType(
  script: Uint8Array,
  maxDataCarrierBytes: number | undefined,
): ScriptType | undefined {
  const template = solve(script);
  switch (template.type) {
    case 'nonstandard':
      return undefined;
    case 'multisig':
      return template.publicKeys.length <= MAX_STANDARD_MULTISIG_KEYS ? template.type : undefined;
    case 'nulldata':
      return maxDataCarrierBytes !== undefined && script.length <= maxDataCarrierBytes
        ? template.type
        : undefined;
    default:
      return template.type;
  }
}
