import type { Chain } from '../chain/chain.js';
import type { ScriptExecutionCache } from '../chain/scripts.js';
import type { HeaderView } from '../consensus/chain-view.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { SignatureCache } from '../script/signature-cache.js';

/** What the mempool needs of the chain. */
export interface MempoolChain
  extends Pick<
    Chain,
    | 'params'
    | 'coins'
    | 'events'
    | 'tip'
    | 'height'
    | 'isActive'
    | 'bestHeader'
    | 'isInitialBlockDownload'
    | 'runStable'
  > {
  readonly headers: HeaderView;
}

export interface MempoolModules {
  readonly chain: MempoolChain;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of every transaction whose scripts pass under the flags of blocks; the block connector asks it. */
  readonly executionCache: ScriptExecutionCache;
  /** Told of, and asked for, those that pass under the flags of relay, where nodes in one process share such a thing. */
  readonly policyCache?: ScriptExecutionCache | undefined;
  /** Lets the second run over the scripts, and the block connector, pass over signatures checked before. */
  readonly signatureCache: SignatureCache;
}
