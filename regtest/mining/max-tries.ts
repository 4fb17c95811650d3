import { MAX_DIFFICULTY } from '../../src/node/config/lab.js';

/**
 * Hashes that a node tries for a block that it is told to make: at the greatest difficulty a hundred times what one takes, where
 * a node would try as many as half a block takes if it were not told.
 */
export const MAX_TRIES = 100 * 2 * MAX_DIFFICULTY;
