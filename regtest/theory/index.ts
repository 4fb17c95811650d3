/** What mathematics says of attacks and of networks; the rest of the lab is held against it. */
export {
  type CensorshipOutlook,
  censorshipHolds,
  censorshipOutlook,
  feeAgainstFeatherFork,
} from './censorship.js';
export { confirmationsForRisk, nakamoto, preMined, rosenfeld, strictlyLonger } from './double-spend.js';
export { eclipseChance, eclipseTime } from './eclipse.js';
export {
  type AttackBalance,
  type AttackMoney,
  attackBalance,
  breakEvenConfirmations,
  breakEvenValue,
} from './economics.js';
export {
  catchUp,
  expectedBlocksToCatchUp,
  expectedCostToCatchUp,
  expectedTimeToCatchUp,
  type RuinTable,
  ruinTable,
} from './gamblers-ruin.js';
export {
  canHaveShare,
  type OptimalSelfishOptions,
  optimalSelfishMiningShare,
  optimalSelfishMiningThreshold,
  selfishStrategyPays,
} from './optimal-selfish-mining.js';
export {
  partitionDepths,
  partitionMeanDepth,
  partitionSplit,
  partitionWin,
  partitionWinByBlocks,
} from './partition.js';
export { poisson, poissonAtLeast, poissonTable, skellam } from './poisson.js';
export { giveUpForTolerance, type RaceOutlook, type RaceState, raceChance, raceOutlook } from './race.js';
export {
  RANDOM_TIE_BREAK_GAMMA,
  selfishMiningGrowth,
  selfishMiningShare,
  selfishMiningThreshold,
  selfishRevenueAfterAdjustment,
  selfishRevenueBeforeAdjustment,
} from './selfish-mining.js';
export {
  delayForStaleRate,
  effectiveDelay,
  meanTieChance,
  staleRate,
  staleRateOfManyMiners,
  tieChance,
} from './stale.js';
