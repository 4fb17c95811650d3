/** Type of a parameter as Core's help names it. `amount` takes number or string; `range` a number or a pair. */
export type ParamType =
  | 'string'
  | 'hex'
  | 'number'
  | 'bool'
  | 'amount'
  | 'range'
  | 'array'
  | 'object'
  /** An object whose members may also be given as named arguments of the call itself. */
  | 'named-options'
  /** Any JSON; the method checks it. */
  | 'any'
  /** Any JSON, but the command line gives it as text. */
  | 'text-or-json';

export interface Param {
  readonly name: string;
  /** Former names, still accepted when arguments are named. */
  readonly aliases?: readonly string[];
  readonly type: ParamType;
  /** Required when neither `optional` nor a default is given. The default is the text that help shows. */
  readonly optional?: boolean;
  /** Left out of help. */
  readonly hidden?: boolean;
  readonly default?: string | number | boolean;
  readonly description: string;
  /** How the usage line shows it, where that is not what follows from the type. */
  readonly usage?: string;
  /** Members of an object, for help and for named options. */
  readonly members?: readonly Param[];
}

export function isOptional(param: Param): boolean {
  return param.optional === true || param.default !== undefined;
}
