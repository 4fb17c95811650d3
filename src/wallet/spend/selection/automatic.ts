import { WITNESS_SCALE_FACTOR } from '../../../primitives/transaction.js';
import { type ScriptKey, scriptKey } from '../../keys/wallet-descriptor.js';
import { selectBranchAndBound } from './bnb.js';
import {
  type Ancestry,
  type CoinGroup,
  type CoinType,
  makeGroup,
  type SelectableCoin,
  sumOf,
} from './coin.js';
import { selectLightest } from './coin-grinder.js';
import { selectKnapsack } from './knapsack.js';
import { type RandomSource, shuffled } from './random.js';
import { selectRandomDraw } from './random-draw.js';
import { type ChangeCosts, Selection, SelectionFailure, type SelectionOutcome } from './result.js';

/** What selection has to reckon with. */
export interface SelectionParams extends ChangeCosts {
  readonly random: RandomSource;
  /** Satoshis per 1000 vbytes. */
  readonly feeRate: number;
  /** Change that the algorithms with change aim for, satoshis. */
  readonly minChangeTarget: number;
  /** Bytes of a change output. */
  readonly changeOutputSize: number;
  /** Virtual size of everything but inputs and change. */
  readonly noInputsSize: number;
  readonly subtractFee: boolean;
  readonly avoidPartialSpends: boolean;
  readonly includeUnsafe: boolean;
  readonly maxTxWeight: number;
  readonly spendZeroConfChange: boolean;
  readonly rejectLongChains: boolean;
  /** The mempool's limits. */
  readonly limits: Ancestry;
  ancestryOf(coin: SelectableCoin): Ancestry;
}

/** Coins of one address that are spent together, at most. */
const GROUP_MAX_COINS = 100;

/** Feerates this many times the long-term one make light inputs worth a search of their own. */
const HIGH_FEERATE_FACTOR = 3;

/** Which groups are good enough. Selection begins with the pickiest filter. */
interface Eligibility {
  /** Confirmations asked of coins that the wallet sent to itself, and of others. */
  readonly depthMine: number;
  readonly depthTheirs: number;
  readonly maxAncestors: number;
  readonly maxDescendants: number;
  /** Groups that are not full may be used though there are full ones of the same address. */
  readonly partialGroups: boolean;
  /** Coins of several kinds of addresses may be mixed. */
  readonly mixedTypes: boolean;
}

function eligibility(
  depthMine: number,
  depthTheirs: number,
  maxAncestors: number,
  maxDescendants = maxAncestors,
  more: { readonly partialGroups?: boolean; readonly mixedTypes?: boolean } = {},
): Eligibility {
  const { partialGroups = false, mixedTypes = true } = more;
  return { depthMine, depthTheirs, maxAncestors, maxDescendants, partialGroups, mixedTypes };
}

/** Core's filters in Core's order. */
function filters(params: SelectionParams): Eligibility[] {
  const list = [eligibility(1, 6, 0, 0, { mixedTypes: false }), eligibility(1, 1, 0)];
  if (!params.spendZeroConfChange) return list;
  const ancestors = Math.max(1, params.limits.ancestors);
  const descendants = Math.max(1, params.limits.descendants);
  const partialGroups = true;
  list.push(
    eligibility(0, 1, 2),
    eligibility(0, 1, Math.min(4, Math.floor(ancestors / 3)), Math.min(4, Math.floor(descendants / 3))),
    eligibility(0, 1, Math.floor(ancestors / 2), Math.floor(descendants / 2)),
    eligibility(0, 1, ancestors - 1, descendants - 1, { partialGroups }),
  );
  if (params.includeUnsafe) list.push(eligibility(0, 0, ancestors - 1, descendants - 1, { partialGroups }));
  if (!params.rejectLongChains) {
    list.push(eligibility(0, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, { partialGroups }));
  }
  return list;
}

function isEligible(group: CoinGroup, filter: Eligibility): boolean {
  return (
    group.depth >= (group.fromMe ? filter.depthMine : filter.depthTheirs) &&
    group.ancestors <= filter.maxAncestors &&
    group.descendants <= filter.maxDescendants
  );
}

/** A group with its kind of address, and where it stands among the groups of its address. */
interface TypedGroup {
  readonly group: CoinGroup;
  readonly type: CoinType;
  /** The last and so perhaps not full group of an address that has full ones. */
  readonly isPartial: boolean;
}

function groupCoins(coins: readonly SelectableCoin[], params: SelectionParams): TypedGroup[] {
  const make = (members: readonly SelectableCoin[]) =>
    makeGroup(
      members,
      members.map(coin => params.ancestryOf(coin)),
      params.longTermFeeRate,
      params.subtractFee,
    );
  if (!params.avoidPartialSpends) {
    return coins.map(coin => ({ group: make([coin]), type: coin.type, isPartial: false }));
  }
  const byScript = new Map<ScriptKey, SelectableCoin[][]>();
  for (const coin of coins) {
    const key = scriptKey(coin.output.script);
    const lots = byScript.get(key) ?? [];
    byScript.set(key, lots);
    const last = lots.at(-1);
    if (last === undefined || last.length >= GROUP_MAX_COINS) lots.push([coin]);
    else last.push(coin);
  }
  return [...byScript.values()].flatMap(lots =>
    lots.map((lot, index) => ({
      group: make(lot),
      type: lot[0]?.type ?? 'unknown',
      isPartial: lots.length > 1 && index === lots.length - 1,
    })),
  );
}

/** Groups that the algorithms choose from: `positive` are worth their fee, `mixed` are all. */
interface Pool {
  readonly positive: CoinGroup[];
  readonly mixed: CoinGroup[];
}

/** All groups by their kind, and all together. */
interface Pools {
  readonly byType: ReadonlyMap<CoinType, Pool>;
  readonly all: Pool;
}

function poolsFor(filter: Eligibility, mixed: readonly TypedGroup[], positive: readonly TypedGroup[]): Pools {
  const byType = new Map<CoinType, Pool>();
  const all: Pool = { positive: [], mixed: [] };
  const push = ({ group, type, isPartial }: TypedGroup, list: keyof Pool) => {
    if (!isEligible(group, filter) || (isPartial && !filter.partialGroups)) return;
    const pool = byType.get(type) ?? { positive: [], mixed: [] };
    byType.set(type, pool);
    pool[list].push(group);
    all[list].push(group);
  };
  for (const typed of positive) if (typed.group.amount > 0) push(typed, 'positive');
  for (const typed of mixed) push(typed, 'mixed');
  return { byType, all };
}

/**
 * Chooses coins for `target` satoshis (payments and the fee of all but the inputs and change), from the best ones that
 * are enough. A failure without a message means that there is not enough.
 */
export function selectAutomatically(
  available: readonly SelectableCoin[],
  target: number,
  params: SelectionParams,
): SelectionOutcome {
  // Coins of one address beyond a group would always be grouped in the same way.
  const mustShuffle = params.avoidPartialSpends && available.length > GROUP_MAX_COINS;
  const coins = mustShuffle ? shuffled(available, params.random) : available;
  const mixed = groupCoins(coins, params);
  const positive = groupCoins(
    coins.filter(coin => coin.effectiveValue > 0),
    params,
  );
  const ordered = filters(params);
  const shortage = findShortage(mixed, ordered, available, target, params);
  if (shortage !== undefined) return shortage;
  let failure = new SelectionFailure();
  for (const filter of ordered) {
    const outcome = attempt(poolsFor(filter, mixed, positive), filter, target, params);
    if (outcome instanceof Selection) return outcome;
    if (failure.message === undefined) failure = outcome;
  }
  return failure;
}

/** Says when what no filter lets through is missing for the target. */
function findShortage(
  groups: readonly TypedGroup[],
  ordered: readonly Eligibility[],
  available: readonly SelectableCoin[],
  target: number,
  { limits }: SelectionParams,
): SelectionFailure | undefined {
  const discarded = groups
    .map(({ group }) => group)
    .filter(group => !ordered.some(filter => isEligible(group, filter)));
  const total = sumOf(available, coin => coin.output.value) - sumOf(discarded, group => group.amount);
  if (total >= target) return undefined;
  const inLongChains = discarded.filter(
    group =>
      group.ancestors >= Math.max(1, limits.ancestors) ||
      group.descendants >= Math.max(1, limits.descendants),
  );
  return total + sumOf(inLongChains, group => group.amount) > target
    ? new SelectionFailure(
        'Unconfirmed UTXOs are available, but spending them creates a chain of transactions that will be rejected by the mempool',
      )
    : new SelectionFailure();
}

/** Tries coins of each kind of address by itself, which gives less away, then all. */
function attempt(
  pools: Pools,
  filter: Eligibility,
  target: number,
  params: SelectionParams,
): SelectionOutcome {
  const found: Selection[] = [];
  for (const pool of pools.byType.values()) {
    const outcome = chooseBest(pool, target, params);
    if (outcome instanceof Selection) found.push(outcome);
    else if (outcome.message !== undefined) return outcome;
  }
  if (found.length > 0) return leastWaste(found, params);
  return filter.mixedTypes && pools.byType.size > 1
    ? chooseBest(pools.all, target, params)
    : new SelectionFailure();
}

/** Runs the algorithms and takes the least wasteful result. */
export function chooseBest(
  pool: { readonly positive: readonly CoinGroup[]; readonly mixed: readonly CoinGroup[] },
  target: number,
  params: SelectionParams,
): SelectionOutcome {
  const { random, subtractFee, minChangeTarget } = params;
  const found: Selection[] = [];
  const failures: SelectionFailure[] = [];
  const take = (outcome: SelectionOutcome) => {
    if (outcome instanceof Selection) found.push(outcome);
    else if (outcome.message !== undefined) failures.push(outcome);
  };
  let maxWeight = params.maxTxWeight - params.noInputsSize * WITNESS_SCALE_FACTOR;
  if (maxWeight <= 0) {
    return new SelectionFailure('Maximum transaction weight is less than transaction weight without inputs');
  }
  // Recipients that pay the fee would get the excess taken off as well.
  if (!subtractFee) take(selectBranchAndBound(pool.positive, target, params.costOfChange, maxWeight));
  maxWeight -= params.changeOutputSize * WITNESS_SCALE_FACTOR;
  if (maxWeight < 0 && found.length === 0) {
    return new SelectionFailure('Maximum transaction weight is too low, can not accommodate change output');
  }
  take(selectKnapsack(pool.mixed, target, minChangeTarget, maxWeight, random, subtractFee));
  if (params.feeRate > HIGH_FEERATE_FACTOR * params.longTermFeeRate) {
    take(selectLightest(pool.positive, target, minChangeTarget, maxWeight, subtractFee));
  }
  take(selectRandomDraw(pool.positive, target, params.changeFee, maxWeight, random, subtractFee));
  return found.length > 0 ? leastWaste(found, params) : (failures[0] ?? new SelectionFailure());
}

/** The least wasteful one; of equals the one that spends more coins. */
function leastWaste(found: readonly Selection[], costs: ChangeCosts): Selection {
  return found.reduce((best, other) => {
    const difference = other.waste(costs) - best.waste(costs);
    return difference < 0 || (difference === 0 && other.coins.length > best.coins.length) ? other : best;
  });
}
