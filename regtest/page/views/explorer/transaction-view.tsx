export function TransactionView({ txid }: { readonly txid: string }) {
  return <h1>{txid}</h1>;
}
