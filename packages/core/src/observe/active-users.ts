/** Most users that are told apart; who comes after them is not counted. */
const MAX_DISTINCT_USERS = 10_000

/** Counts the distinct users of one recorder (K8): says one, gives how many there have been. */
export function createActiveUsers(): (userId: string) => number {
  const seen = new Set<string>()
  return (userId) => {
    if (seen.size < MAX_DISTINCT_USERS) seen.add(userId)
    return seen.size
  }
}
