/**
 * The parts of a JSON document to read. Everything else is skipped without creating a string or object.
 *
 * | leaf      | reads                                                     | gives                                   |
 * |-----------|-----------------------------------------------------------|-----------------------------------------|
 * | `text`    | an identifier: a string of at most 256 bytes, or a number | the string; the number as written       |
 * | `number`  | a number, or a string of digits                           | the number                              |
 * | `flag`    | a boolean                                                 | the boolean                             |
 * | `bytes`   | a string of any length, of which nothing is kept          | its length in UTF-8 bytes               |
 * | `items`   | an array, of which nothing is kept; any other value       | the number of elements; 1               |
 * | `present` | any value                                                 | false for null, false, `''`, `[]`, `{}` |
 * | `numbers` | an object and the objects within it, for usage            | their numbers, under the same names     |
 */
export type Leaf = 'text' | 'number' | 'flag' | 'bytes' | 'items' | 'present' | 'numbers'

/** A leaf, the members of an object, or the elements of an array. */
export type Selection = Leaf | { readonly [name: string]: Selection } | readonly [Selection]

/** Numbers and objects of numbers. */
export interface NumberTree {
  readonly [name: string]: number | NumberTree
}

/** The value of a selection. A member that is missing, null or of another type is absent. */
export type Selected<S> = S extends 'text'
  ? string
  : S extends 'number' | 'bytes' | 'items'
    ? number
    : S extends 'flag' | 'present'
      ? boolean
      : S extends 'numbers'
        ? NumberTree
        : S extends readonly [infer E]
          ? readonly (Selected<E> | undefined)[]
          : { readonly [K in keyof S]?: Selected<S[K]> }
