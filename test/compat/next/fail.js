import { withUser } from '@quipu/sdk'

class StockError extends Error {
  name = 'StockError'
}

/** Fails on behalf of a user, as a handler that looks up a session would. */
export function fail() {
  return withUser('ana', async () => {
    throw new StockError('secret')
  })
}
