/**
 * Creates a function that reads a time as `Date.prototype.toISOString` writes it, such as `2026-01-28T09:30:00.000Z`, in
 * milliseconds since the Unix epoch. It returns undefined for any other text. Successive lines are of the same second, mostly:
 * its start is remembered.
 */
export function createExactTime(): (text: string) => number | undefined {
  let second = ''
  let secondMs = 0
  return (text) => {
    const start = text.slice(0, 19)
    if (start !== second) {
      const ms = exactTime(`${start}.000Z`)
      if (ms === undefined) return undefined
      second = start
      secondMs = ms
    }
    const fraction = text.slice(19)
    return /^\.\d{3}Z$/.test(fraction) ? secondMs + Number(fraction.slice(1, 4)) : undefined
  }
}

function exactTime(text: string): number | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) || new Date(ms).toISOString() !== text ? undefined : ms
}
