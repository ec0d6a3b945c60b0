import { sharedRequests } from '../requests/request-registry.js'

/** Kinds of libraries that are reported without code, when `register` sees the application load one. */
export const libraryKinds = ['sessions', 'uploads', 'storage', 'jobs', 'sockets'] as const
export type LibraryKind = (typeof libraryKinds)[number]

/** Chooses the kinds that are reported from now on. All are, until something chooses. */
export function chooseLibraries(kinds: readonly LibraryKind[]): void {
  sharedRequests().libraries = new Set(kinds)
}

export function isChosen(kind: LibraryKind): boolean {
  return sharedRequests().libraries?.has(kind) ?? true
}
