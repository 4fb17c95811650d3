/** The names of the parameters of each method of a table of typed methods, in order. */
export type ParameterNames<
  Methods extends { readonly [M in keyof Methods]: readonly [readonly unknown[], unknown] },
> = {
  readonly [M in keyof Methods]: Names<Methods[M][0]>;
};

/** As many names as a list of parameters is long at most; distributes over several such lists. */
type Names<Params extends readonly unknown[]> = Params extends unknown
  ? { readonly [I in keyof Required<Params>]: string }
  : never;
