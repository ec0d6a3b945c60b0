import { sharedRequests } from '../requests/request-registry.js'

/** A kind of event that `register` reports without code, besides requests and model calls. */
export const reportKinds = ['sessions', 'uploads', 'storage', 'jobs', 'sockets', 'errors'] as const
export type ReportKind = (typeof reportKinds)[number]

/** Chooses what is reported from now on. By default, everything is. */
export function chooseReports(kinds: readonly ReportKind[]): void {
  sharedRequests().reports = new Set(kinds)
}

export function isChosen(kind: ReportKind): boolean {
  return sharedRequests().reports?.has(kind) ?? true
}
