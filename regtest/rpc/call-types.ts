import type { RPC_PARAMETERS, RpcMethods } from './methods/index.js';

export type RpcMethod = keyof RpcMethods;

/** Parameters of a method in order: one list, or several when it answers in several forms. */
export type RpcParams<M extends RpcMethod> = Forms<M>[0];

/**
 * What a method answers to parameters, as the literals among them tell: `RpcResult<'getblock', [string, 2]>`. Where they do
 * not tell (a boolean that may be either), all that it may answer.
 */
export type RpcResult<M extends RpcMethod, P = RpcParams<M>> = Answer<Forms<M>, P>;

/** The same by names. */
export type NamedRpcParams<M extends RpcMethod> = NamedForms<M>[0];

export type NamedRpcResult<M extends RpcMethod, P = NamedRpcParams<M>> = Answer<NamedForms<M>, P>;

/**
 * The parameters of a call as the caller is to see them: those declared, with their names. Where the answer depends on them
 * those given are let through as well, since from them it is inferred which answer it is. (With only one answer there is
 * nothing to infer, and members of options that do not exist are found.)
 */
export type Given<M extends RpcMethod, Declared, P> =
  IsUnion<RpcMethods[M]> extends true ? Declared | P : Declared;

type Forms<M extends RpcMethod> = WithGaps<RpcMethods[M]>;

type NamedForms<M extends RpcMethod> = Named<Forms<M>, (typeof RPC_PARAMETERS)[M]>;

/** What may be left out may be undefined, for those as well who tell these apart (`exactOptionalPropertyTypes`). */
type WithGaps<Form> = Form extends readonly [infer Params extends readonly unknown[], infer R]
  ? [{ [I in keyof Params]: undefined extends Params[I] ? Params[I] | undefined : Params[I] }, R]
  : never;

type Answer<Forms, P> = OrElse<AnswerOfForm<Forms, P>, Forms extends readonly [unknown, infer R] ? R : never>;

type AnswerOfForm<Form, P> = Form extends readonly [infer Params, infer R]
  ? P extends Params
    ? R
    : never
  : never;

type OrElse<T, Otherwise> = [T] extends [never] ? Otherwise : T;

type IsUnion<T, Each = T> = T extends unknown ? ([Each] extends [T] ? false : true) : never;

/** Forms of a method with their parameters by name rather than in order. */
type Named<Form, Names> = Form extends readonly [infer Params, infer R] ? [ByName<Params, Names>, R] : never;

/** What may be undefined may be left out. The intersection is made one object, which editors show. */
type ByName<Params, Names> = {
  readonly [I in keyof Params as undefined extends Params[I] ? never : NameAt<Names, I>]: Params[I];
} & {
  readonly [I in keyof Params as undefined extends Params[I] ? NameAt<Names, I> : never]?: Params[I];
} extends infer Members
  ? { readonly [Name in keyof Members]: Members[Name] }
  : never;

/** The name of a parameter; nothing for what a list has beside its items. */
type NameAt<Names, I> = I extends `${number}` & keyof Names ? Names[I] & string : never;
