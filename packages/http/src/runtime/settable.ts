/** Sets a sum to what it is now, by adding the difference to what it was: the store's sums only add. */
export function settable(handle: { add(value: number): void }): (value: number | undefined) => void {
  let last = 0
  return (value) => {
    if (value === undefined || value === last) return
    handle.add(value - last)
    last = value
  }
}
