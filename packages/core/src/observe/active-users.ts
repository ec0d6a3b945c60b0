/** Maximum number of distinguished users. Further ones are not counted. */
const MAX_DISTINCT_USERS = 10_000

/** Counts the distinct users of one recorder: takes a user and returns the number of users so far. */
export function createActiveUsers(): (userId: string) => number {
  const seen = new Set<string>()
  return (userId) => {
    if (seen.size < MAX_DISTINCT_USERS) seen.add(userId)
    return seen.size
  }
}
