import type {
  AttackEvent,
  AttackResult,
  RaceBlock,
  RaceRules,
  TransactionFate,
} from '../../../regtest/index.js';
import { bitcoins, columns, count, percent } from './terminal.js';

/** What happens in an attack, in words, as it happens. */
export function tellAttack(event: AttackEvent): string[] {
  switch (event.type) {
    case 'start':
      return [
        `Double spend with ${percent(event.rules.hashrate)} of the hash rate against ${count(event.rules.confirmations, 'confirmation')}.`,
        `  merchant  ${event.roles.merchant.name}`,
        `  miners    ${event.roles.miners.map(({ name }) => name).join(', ')}`,
        `  attacker  ${event.roles.attacker.name}, ${patience(event.rules)}`,
        `  His chance by theory: ${percent(event.chance)}.`,
      ];
    case 'payment':
      return [
        `The attacker pays the merchant ${bitcoins(event.amount)}: ${event.txid}. Every node has it in its mempool.`,
        `He keeps for himself a transaction that spends the same coin: ${event.conflictTxid}.`,
      ];
    case 'split':
      return [`He cuts his node off at height ${event.forkHeight}, and the race begins.`];
    case 'block':
      return [blockLine(event)];
    case 'shipped':
      return [`  The merchant sees ${count(event.confirmations, 'confirmation')} and hands over the goods.`];
    case 'release':
      return [
        `The attacker connects again and releases ${count(event.attacker, 'block')} against ${event.honest} honest ones.`,
      ];
    case 'give up':
      return [`The attacker is ${count(event.honest - event.attacker, 'block')} behind and gives up.`];
  }
}

function patience({ depth, giveUp, confirmations }: RaceRules): string {
  const waits =
    depth > confirmations
      ? `waits for ${depth} honest blocks and more work than they have`
      : 'releases as soon as he is ahead';
  return `${waits}, gives up when ${giveUp} behind`;
}

function blockLine({ finder, isPrivate, time, honest, attacker, confirmations, chance }: RaceBlock): string {
  const lead = attacker - honest;
  return [
    `  ${time.toFixed(2).padStart(7)}`,
    `${finder} finds a block${isPrivate ? ' and hides it' : ''}`.padEnd(32),
    `honest ${honest} : ${attacker} hidden`.padEnd(22),
    `lead ${lead > 0 ? '+' : ''}${lead}`.padEnd(9),
    `payment ${count(confirmations, 'confirmation')}`.padEnd(25),
    `chance ${percent(chance)}`,
  ].join('  ');
}

/** How an attack ended. */
export function summarizeAttack(result: AttackResult): string[] {
  const nodes = columns(
    [
      ['node', 'role', 'height', 'blocks undone', 'blocks put in'],
      ...result.nodes.map(one => [
        one.node,
        one.role,
        String(one.height),
        String(one.disconnected),
        String(one.connected),
      ]),
    ],
    [2, 3, 4],
  );
  const balances = columns(
    [
      ['balance', 'before', 'goods handed over', 'after'],
      ['merchant', bitcoins(result.merchant.before), shippedText(result), bitcoins(result.merchant.after)],
      ['attacker', bitcoins(result.attacker.before), '', bitcoins(result.attacker.after)],
    ],
    [1, 2, 3],
  );
  return [
    '',
    ...nodes,
    '',
    ...balances,
    '',
    `payment   ${fateText(result.payment)}`,
    ...(result.conflict === undefined ? [] : [`conflict  ${fateText(result.conflict)}`]),
    '',
    verdict(result),
  ];
}

function shippedText({ merchant }: AttackResult): string {
  return merchant.shipped === undefined ? 'never' : bitcoins(merchant.shipped);
}

function fateText({ txid, confirmations, inChain, inMempool }: TransactionFate): string {
  if (inChain) return `${txid} is in the chain, ${count(confirmations, 'confirmation')}`;
  if (inMempool) return `${txid} is unconfirmed again`;
  return `${txid} is gone: another spent its coin ${count(Math.abs(confirmations), 'block')} deep`;
}

function verdict(result: AttackResult): string {
  if (!result.success) return 'The double spend failed: the payment stands.';
  return `The double spend succeeded: every honest node reorganised at least ${count(result.reorgDepth, 'block')}, and the payment of ${bitcoins(result.amount)} is undone.`;
}
