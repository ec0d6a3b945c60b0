/**
 * Returns the runtime's shared copy of a string, as used for property names. The copy has its own memory, whereas V8
 * keeps the whole of a long string for a substring. All series with the value share it, and literals of callers are the
 * same copy, so that look-ups compare pointers instead of characters.
 */
export function interned(text: string): string {
  // Without a prototype, the object is a dictionary from the start, and V8 creates no hidden class per name.
  const names: Record<string, 0> = Object.create(null)
  names[text] = 0
  for (const name in names) return name
  return text
}
