export function BlockView({ hash }: { readonly hash: string }) {
  return <h1>{hash}</h1>;
}
