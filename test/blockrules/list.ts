import { type BuiltCase, buildCases } from './cases.js';
import { activationCases } from './rules/activation.js';
import { coinbaseCases } from './rules/coinbase.js';
import { duplicateTransactionCases } from './rules/duplicate-transaction.js';
import { encodingCases } from './rules/encoding.js';
import { headerCases } from './rules/header.js';
import { heightCases } from './rules/height.js';
import { invalidAncestorCases } from './rules/invalid-ancestor.js';
import { lockOpcodeCases } from './rules/lock-opcodes.js';
import { lockTimeCases } from './rules/lock-time.js';
import { maturityCases } from './rules/maturity.js';
import { merkleCases } from './rules/merkle.js';
import { p2shCases } from './rules/p2sh.js';
import { reorganisationCases } from './rules/reorganisation.js';
import { scriptCases } from './rules/script.js';
import { scriptLimitCases } from './rules/script-limits.js';
import { sequenceCases } from './rules/sequence.js';
import { signatureCases } from './rules/signatures.js';
import { sigopsCases } from './rules/sigops.js';
import { sizeCases } from './rules/size.js';
import { spendingCases } from './rules/spending.js';
import { taprootCases } from './rules/taproot.js';
import { transactionCases } from './rules/transaction.js';
import { valueCases } from './rules/value.js';
import { witnessCommitmentCases } from './rules/witness-commitment.js';
import { witnessProgramCases } from './rules/witness-program.js';

/** All block rules, in the order in which they are played. */
export const BLOCK_RULES: readonly BuiltCase[] = buildCases([
  ...headerCases,
  ...encodingCases,
  ...merkleCases,
  ...sizeCases,
  ...sigopsCases,
  ...coinbaseCases,
  ...heightCases,
  ...transactionCases,
  ...lockTimeCases,
  ...sequenceCases,
  ...lockOpcodeCases,
  ...maturityCases,
  ...valueCases,
  ...spendingCases,
  ...scriptCases,
  ...scriptLimitCases,
  ...signatureCases,
  ...p2shCases,
  ...witnessProgramCases,
  ...taprootCases,
  ...witnessCommitmentCases,
  ...reorganisationCases,
  ...invalidAncestorCases,
  ...activationCases,
  ...duplicateTransactionCases,
]);
