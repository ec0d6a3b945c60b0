/** Sets a sum to its current value by adding the difference, because sums of the store can only be added to. */
export function settableSum(handle: { add(value: number): void }): (value: number | undefined) => void {
  let last = 0
  return (value) => {
    if (value === undefined || value === last) return
    handle.add(value - last)
    last = value
  }
}
