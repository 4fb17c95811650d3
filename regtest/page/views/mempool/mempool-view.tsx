export function MempoolView({ index }: { readonly index: number }) {
  return <h1>{index}</h1>;
}
