import { anyBit, zeros } from './builder/instructions.js';
import { ModuleBuilder } from './builder/module-builder.js';
import { isRunnable } from './engine.js';

/** True where modules can be run that compute with 128-bit vectors. */
export function hasVectors(): boolean {
  const module = new ModuleBuilder(0);
  module.exported('probe', { parameters: 0, result: true }).return(anyBit(zeros()));
  return isRunnable(module.finish());
}
