import type { FindUser, Recorder } from '@quipu/core'

/** Finds the user of a request: of its session, its token, a header. */
export type UserOf<R> = (request: R) => ReturnType<FindUser>

/** Runs the rest of a request's handling on behalf of its user, if the application says how to find one. */
export function withUserOf<R, T>(recorder: Recorder, user: UserOf<R> | undefined, request: R, next: () => T): T {
  return user === undefined ? next() : recorder.withUser(() => user(request), next)
}
