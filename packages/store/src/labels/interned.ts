/**
 * The one copy of a text that the runtime keeps for names of properties. A series keeps this one: it has memory of its
 * own, where V8 keeps the whole of a long string for a piece that was cut from it; it is shared by all series that have
 * the value; and a literal of the caller's is the same copy, so a lookup compares pointers and not characters.
 */
export function interned(text: string): string {
  // Without a prototype it is a dictionary from the start: no hidden class is made for each name.
  const names: Record<string, 0> = Object.create(null)
  names[text] = 0
  for (const name in names) return name
  return text
}
