import type {
  AttackEvent,
  AttackOutcome,
  AttackPlan,
  Casting,
  DoubleSpendOutcome,
  EclipseOutcome,
  FoundBlock,
  NodeOutcome,
  RaceRules,
  TransactionFate,
} from '../../../regtest/index.js';
import { tellAccount } from './money.js';
import { tellCensor, tellPartition, tellSelfish } from './tell-other-attacks.js';
import { bitcoins, columns, count, percent } from './terminal.js';

/** What happens in an attack, in words, as it happens. */
export function tellAttack(event: AttackEvent): string[] {
  switch (event.type) {
    case 'start':
      return [...title(event.plan), ...roleLines(event.roles), `  By theory: ${percent(event.theory)}.`];
    case 'payment':
      return [
        `The attacker pays the merchant ${bitcoins(event.amount)}: ${event.txid}.`,
        `Another transaction spends the same coin: ${event.conflictTxid}.`,
      ];
    case 'split':
      return [
        `The network falls apart at height ${event.forkHeight}: ${event.groups.map(group => `[${group.join(' ')}]`).join(' ')}.`,
      ];
    case 'block':
      return [blockLine(event)];
    case 'shipped':
      return [`  The merchant sees ${count(event.confirmations, 'confirmation')} and hands over the goods.`];
    case 'warned':
      return [`  The merchant is shown ${event.txid}, and keeps the goods: ${event.reason}.`];
    case 'called off':
      return [`  The merchant has waited long enough, with ${count(event.confirmations, 'confirmation')}.`];
    case 'release':
      return [`The attacker releases ${count(event.attacker, 'block')} against ${event.honest} honest ones.`];
    case 'give up':
      return [`The attacker is ${count(event.honest - event.attacker, 'block')} behind and gives up.`];
    case 'refused':
      return [`  node${event.node} refuses to undo ${count(event.depth, 'block')}.`];
    case 'orphaned':
      return [`  ${count(event.hashes.length, 'block')} of others orphaned.`];
    case 'adjustment':
      return [`  The difficulty is ${event.difficulty.toFixed(3)} from height ${event.height} on.`];
    case 'heal':
      return ['All are connected again.'];
    // What follows tells it: the outcome, or the error.
    case 'end':
    case 'stopped':
      return [];
  }
}

function title(plan: AttackPlan): string[] {
  const share = percent(plan.rules.hashrate);
  switch (plan.kind) {
    case 'double-spend':
      return [
        `Double spend with ${share} of the hash rate against ${count(plan.rules.confirmations, 'confirmation')}; the attacker ${patience(plan.rules)}.`,
      ];
    case 'selfish':
      return [
        `Selfish mining with ${share} of the hash rate, gamma ${plan.rules.gamma}, for ${plan.blocks} blocks; the difficulty adjusts every ${plan.rules.period}.`,
      ];
    case 'eclipse':
      return [
        `Eclipse with ${share} of the hash rate of a merchant who waits for ${count(plan.rules.confirmations, 'confirmation')}, at most ${plan.rules.patience} mean block times.`,
      ];
    case 'censor':
      return [
        `Censorship with ${share} of the hash rate, for ${plan.blocks} blocks; gives a block up when ${plan.rules.giveUp} behind.`,
      ];
    case 'partition':
      return [
        plan.blocks === undefined
          ? `Partition for ${plan.rules.duration} mean block times, ${share} of the hash rate on the first side.`
          : `Partition until each side has found ${plan.blocks} blocks, ${share} of the hash rate on the first side.`,
      ];
  }
}

function patience({ depth, giveUp, confirmations, raceMode, preMined }: RaceRules): string {
  const store = preMined === undefined ? '' : `has ${count(preMined, 'block')} in store, `;
  const waits =
    depth > confirmations
      ? `waits for ${depth} honest blocks and more work than they have`
      : `releases as soon as he ${raceMode === 'tie' ? 'draws level' : 'is ahead'}`;
  return `${store}${waits}, gives up when ${giveUp} behind`;
}

function roleLines(roles: readonly Casting[]): string[] {
  const names = new Map<string, string[]>();
  for (const { role, name } of roles) names.set(role, [...(names.get(role) ?? []), name]);
  return columns([...names].map(([role, nodes]) => [`  ${role}`, nodes.join(', ')]));
}

function blockLine(block: FoundBlock): string {
  const { finder, isPrivate, time, honest, attacker, confirmations, chance } = block;
  const lead = attacker - honest;
  return [
    `  ${time.toFixed(2).padStart(7)}`,
    `${finder} finds a block${isPrivate ? ' and hides it' : ''}`.padEnd(32),
    `${honest} : ${attacker}`.padEnd(9),
    `lead ${lead > 0 ? '+' : ''}${lead}`.padEnd(9),
    ...(confirmations === undefined ? [] : [`payment ${count(confirmations, 'confirmation')}`.padEnd(25)]),
    ...(chance === undefined ? [] : [`chance ${percent(chance)}`]),
  ]
    .join('  ')
    .trimEnd();
}

/** How an attack ended. */
export function summarizeAttack(result: AttackOutcome): string[] {
  return ['', ...nodeTable(result.nodes), '', ...tellKind(result)];
}

function tellKind(result: AttackOutcome): string[] {
  switch (result.kind) {
    case 'double-spend':
      return [
        ...paidTable(result),
        ...(result.money === undefined ? [] : tellAccount(result.money, result.money.actual)),
        '',
        doubleSpendVerdict(result),
      ];
    case 'eclipse':
      return [...paidTable(result), '', eclipseVerdict(result)];
    case 'selfish':
      return tellSelfish(result);
    case 'censor':
      return tellCensor(result);
    case 'partition':
      return tellPartition(result);
  }
}

function nodeTable(nodes: readonly NodeOutcome[]): string[] {
  return columns(
    [
      ['node', 'role', 'height', 'blocks undone', 'blocks put in', 'tip', 'balance before', 'after'],
      ...nodes.map(one => [
        one.name,
        one.role,
        String(one.height),
        String(one.disconnected),
        String(one.connected),
        `…${one.tip.slice(-8)}`,
        bitcoins(one.balance.before),
        bitcoins(one.balance.after),
      ]),
    ],
    [2, 3, 4, 6, 7],
  );
}

function paidTable(result: DoubleSpendOutcome | EclipseOutcome): string[] {
  const { merchant, attacker, payment, conflict } = result;
  const shipped = merchant.shipped === undefined ? 'never' : bitcoins(merchant.shipped);
  return [
    ...columns(
      [
        ['balance', 'before', 'goods handed over', 'after'],
        ['merchant', bitcoins(merchant.before), shipped, bitcoins(merchant.after)],
        ['attacker', bitcoins(attacker.before), '', bitcoins(attacker.after)],
      ],
      [1, 2, 3],
    ),
    '',
    `payment   ${fateText(payment)}`,
    ...(conflict === undefined ? [] : [`conflict  ${fateText(conflict)}`]),
  ];
}

function fateText({ txid, confirmations, inChain, inMempool }: TransactionFate): string {
  if (inChain) return `${txid} is in the chain, ${count(confirmations, 'confirmation')}`;
  if (inMempool) return `${txid} is unconfirmed again`;
  return `${txid} is gone: another spent its coin ${count(Math.abs(confirmations), 'block')} deep`;
}

function doubleSpendVerdict(result: DoubleSpendOutcome): string {
  switch (result.outcome) {
    case 'double spend':
      return `The double spend succeeded: every honest node reorganised at least ${count(result.reorgDepth, 'block')}, and the payment of ${bitcoins(result.amount)} is undone.`;
    case 'gave up':
      return 'The double spend failed: the payment stands.';
    case 'watched':
      return 'The payment is undone, but the merchant was warned in time and has kept the goods.';
    case 'refused':
      return `The double spend failed: ${count(result.refused, 'node')} refused the branch${result.split ? ', and the network is split for good' : ''}.`;
  }
}

function eclipseVerdict(result: EclipseOutcome): string {
  switch (result.outcome) {
    case 'goods lost':
      return `The merchant has lost his goods: his node reorganised by ${count(result.reorgDepth, 'block')}, and the payment of ${bitcoins(result.amount)} is gone.`;
    case 'called off':
      return 'The merchant called the deal off in time.';
    case 'watched':
      return 'The merchant was warned in time and has kept the goods.';
  }
}

/** What one live attack shows, by the names of its expectations. */
export function liveFigures(result: AttackOutcome): Record<string, number | undefined> {
  return {
    success: Number(result.success),
    reorg: result.reorgDepth,
    honest: result.honestBlocks,
    attacker: result.attackerBlocks,
    theory: result.theory,
    split: Number(result.split),
    ...ownFigures(result),
  };
}

function ownFigures(result: AttackOutcome): Record<string, number | undefined> {
  switch (result.kind) {
    case 'double-spend':
      return { refused: result.refused, profit: result.money?.actual.profit };
    case 'selfish': {
      const { share, revenueBefore: before, revenueAfter: after, growth, difficulty } = result;
      return { share, before, after, growth, difficulty };
    }
    case 'eclipse':
      return { time: result.shippedAt };
    case 'censor':
      return { orphaned: result.orphaned, delay: result.confirmedAt };
    case 'partition': {
      const { transactions } = result;
      const conflicts = transactions.filter(({ places }) =>
        places.every(place => place === 'nowhere'),
      ).length;
      return { lost: result.lost, conflicts };
    }
  }
}
