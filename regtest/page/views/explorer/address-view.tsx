export function AddressView({ address }: { readonly address: string }) {
  return <h1>{address}</h1>;
}
