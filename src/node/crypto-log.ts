import { curveName, isCurveSlow } from '../crypto/curve.js';
import { isSha256Slow, sha256Name } from '../crypto/sha256.js';
import type { Logger } from '../runtime/logger.js';

/** Tells what hashes here, and warns when that is slow. @throws StartError when what BLOCKSMITH_SHA256 names is not to be had */
export function logHashing(logger: Logger): void {
  logger.info(`Using the '${sha256Name()}' SHA256 implementation`);
  if (isSha256Slow()) {
    logger.warn('Hashes are made one at a time: blocks are checked and mined slowly on this machine');
  }
}

/** Tells what checks signatures here, and warns when that is slow; loads it. */
export function logCurve(logger: Logger): void {
  logger.info(`Signature checks use ${curveName()}`);
  if (isCurveSlow()) {
    logger.warn('The fast curve libraries did not load: signature checks are slow on this machine');
  }
}
